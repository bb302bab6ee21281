package dev.halo.gateway.view;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.Optional;

/** A CIDR block of IPv4 or IPv6 addresses. IPv4 addresses written as IPv6 count as IPv4. */
public final class AddressBlock {

    private final byte[] network;
    private final int prefixBits;

    private AddressBlock(byte[] network, int prefixBits) {
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /** {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address; empty if it is none of these. */
    public static Optional<AddressBlock> parse(String text) {
        String trimmed = text.trim();
        int slash = trimmed.indexOf('/');
        Optional<byte[]> network = address(slash < 0 ? trimmed : trimmed.substring(0, slash));
        if (network.isEmpty()) {
            return Optional.empty();
        }
        int all = network.get().length * 8;
        if (slash < 0) {
            return Optional.of(new AddressBlock(network.get(), all));
        }
        String bits = trimmed.substring(slash + 1);
        if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > all) {
            return Optional.empty();
        }
        return Optional.of(new AddressBlock(network.get(), Integer.parseInt(bits)));
    }

    /** The bytes of a literal address, 4 or 16 of them; never asks a name server. */
    public static Optional<byte[]> address(String literal) {
        String bare =
                literal.startsWith("[") && literal.endsWith("]") ? literal.substring(1, literal.length() - 1) : literal;
        int zone = bare.indexOf('%');
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(zone < 0 ? bare : bare.substring(0, zone));
        return Optional.ofNullable(bytes).map(AddressBlock::unmapped);
    }

    /** @param address as {@link #address} gives it */
    public boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefixBits / 8;
        if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
            return false;
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((address[whole] ^ network[whole]) & 0xff) >>> (8 - rest) == 0;
    }

    private static byte[] unmapped(byte[] bytes) {
        if (bytes.length != 16) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1 ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }
}
