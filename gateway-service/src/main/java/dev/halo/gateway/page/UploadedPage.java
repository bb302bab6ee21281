package dev.halo.gateway.page;

/**
 * A page as its Link uploads it.
 *
 * @param rows number of rows
 * @param firstRow number of its first row in the result, from 0
 * @param size bytes of JSON
 * @param sha256 of the body, lower-case hex
 * @param body a zstd frame of the rows' JSON array
 */
public record UploadedPage(long rows, long firstRow, long size, String sha256, byte[] body) {}
