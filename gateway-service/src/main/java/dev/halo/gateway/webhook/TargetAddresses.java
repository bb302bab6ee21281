package dev.halo.gateway.webhook;

import dev.halo.gateway.view.AddressBlock;
import java.net.InetAddress;
import java.util.List;

/**
 * To which addresses webhooks may go: an integrator chooses the name, and so must not be able to reach through us what is
 * only reachable from here.
 */
final class TargetAddresses {

    /** What is not an address of somebody on the internet, by IANA's registries of special-purpose addresses. */
    private static final List<AddressBlock> SPECIAL = List.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3",
                    // Unspecified, loopback and addresses that embed one of IPv4.
                    "::/96",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .stream()
            .map(block -> AddressBlock.parse(block).orElseThrow())
            .toList();

    private final boolean allowAll;

    /** @param allowAll for developers */
    TargetAddresses(boolean allowAll) {
        this.allowAll = allowAll;
    }

    /** Whether a webhook may go there. */
    boolean allows(InetAddress address) {
        if (allowAll) {
            return true;
        }
        // As text and back, which turns IPv4 written as IPv6 into IPv4.
        return AddressBlock.address(address.getHostAddress())
                .map(bytes -> SPECIAL.stream().noneMatch(block -> block.contains(bytes)))
                .orElse(false);
    }
}
