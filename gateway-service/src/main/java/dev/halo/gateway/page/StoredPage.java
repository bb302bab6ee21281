package dev.halo.gateway.page;

/**
 * A page as it was stored.
 *
 * @param body a zstd frame of the rows' JSON array
 * @param onClose gives its memory back; run by whoever has written it
 */
public record StoredPage(PageInfo info, byte[] body, Runnable onClose) {}
