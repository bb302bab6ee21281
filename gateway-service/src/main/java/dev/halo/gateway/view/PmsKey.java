package dev.halo.gateway.view;

import dev.halo.protocol.site.PmsType;

/** A PMS ID together with the PMS that gave it. */
public record PmsKey(PmsType pmsType, String pmsId) {}
