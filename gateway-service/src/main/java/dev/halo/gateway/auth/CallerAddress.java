package dev.halo.gateway.auth;

import dev.halo.gateway.view.AddressBlock;
import java.util.List;
import java.util.Optional;

/** Finds the address that a request really comes from. */
public final class CallerAddress {

    private static final byte[] UNKNOWN = new byte[0];

    private final List<AddressBlock> trustedProxies;

    /** @throws IllegalArgumentException naming the block that cannot be read */
    public CallerAddress(List<String> trustedProxies) {
        this.trustedProxies = trustedProxies.stream()
                .map(block -> AddressBlock.parse(block)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "halo.gateway.trusted-proxies: not an address or a CIDR block: " + block)))
                .toList();
    }

    /**
     * The nearest address that is not one of our proxies'. What a client writes into the header itself stands left of
     * what our own proxies append, so it is never reached.
     *
     * @param connection of the connection, literally
     * @param forwardedFor {@code X-Forwarded-For}, all of its lines joined by commas; null if absent
     * @return 4 or 16 bytes; none if it cannot be told, which no block contains
     */
    public byte[] of(String connection, String forwardedFor) {
        byte[] nearest = AddressBlock.address(connection).orElse(UNKNOWN);
        if (forwardedFor == null) {
            return nearest;
        }
        String[] hops = forwardedFor.split(",");
        for (int i = hops.length - 1; i >= 0 && isTrusted(nearest); i--) {
            Optional<byte[]> hop = AddressBlock.address(withoutPort(hops[i].trim()));
            if (hop.isEmpty()) {
                return UNKNOWN;
            }
            nearest = hop.get();
        }
        return nearest;
    }

    private boolean isTrusted(byte[] address) {
        return trustedProxies.stream().anyMatch(block -> block.contains(address));
    }

    /** Some proxies write {@code 1.2.3.4:5678} or {@code [::1]:5678}. */
    private static String withoutPort(String hop) {
        int colon = hop.lastIndexOf(':');
        boolean bracketed = hop.startsWith("[");
        if (colon < 0 || (bracketed && hop.endsWith("]")) || (!bracketed && hop.indexOf(':') != colon)) {
            return hop;
        }
        return hop.substring(0, colon);
    }
}
