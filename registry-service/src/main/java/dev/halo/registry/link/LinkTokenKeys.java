package dev.halo.registry.link;

import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.link.PemKeys;
import dev.halo.registry.config.RegistryConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Instant;
import java.util.UUID;

/**
 * Signs the Links' tokens and checks them. The public key is computed from the private one, so that the two cannot be
 * configured apart.
 */
@ApplicationScoped
public class LinkTokenKeys {

    private static final String BEARER = "Bearer ";

    private final LinkTokens.Signer signer;
    private final LinkTokens.Verifier verifier;

    /** Fails when the configured key is not an EC P-256 key, saying so. */
    public LinkTokenKeys(RegistryConfig config) {
        PrivateKey key = PemKeys.privateKey(config.linkTokenPrivateKey());
        this.signer = new LinkTokens.Signer(key, config.environment());
        this.verifier = new LinkTokens.Verifier(publicKey((ECPrivateKey) key), config.environment());
    }

    String sign(UUID linkId, Instant now) {
        return signer.sign(linkId, now);
    }

    LinkTokens.LinkIdentity verify(String token) throws LinkTokens.InvalidToken {
        return verifier.verify(token);
    }

    /** The token in a header {@code Authorization}; null where there is none. */
    static String bearer(String authorization) {
        return authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? null
                : authorization.substring(BEARER.length()).trim();
    }

    static PublicKey publicKey(ECPrivateKey key) {
        ECParameterSpec curve = key.getParams();
        if (curve.getOrder().bitLength() != 256 || !(curve.getCurve().getField() instanceof ECFieldFp field)) {
            throw new IllegalArgumentException("halo.registry.link-token-private-key is not a key of the curve P-256");
        }
        ECPoint point = multiply(
                curve.getGenerator(), key.getS(), field.getP(), curve.getCurve().getA());
        try {
            return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("halo.registry.link-token-private-key has no public key", e);
        }
    }

    private static ECPoint multiply(ECPoint point, BigInteger factor, BigInteger p, BigInteger a) {
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
            sum = add(sum, sum, p, a);
            if (factor.testBit(bit)) {
                sum = add(sum, point, p, a);
            }
        }
        return sum;
    }

    private static ECPoint add(ECPoint left, ECPoint right, BigInteger p, BigInteger a) {
        if (left.equals(ECPoint.POINT_INFINITY)) {
            return right;
        }
        if (right.equals(ECPoint.POINT_INFINITY)) {
            return left;
        }
        BigInteger x1 = left.getAffineX();
        BigInteger y1 = left.getAffineY();
        BigInteger x2 = right.getAffineX();
        BigInteger y2 = right.getAffineY();
        BigInteger slope;
        if (!x1.equals(x2)) {
            slope = y2.subtract(y1).multiply(x2.subtract(x1).modInverse(p)).mod(p);
        } else if (y1.equals(y2) && y1.signum() != 0) {
            BigInteger three = BigInteger.valueOf(3);
            slope = x1.pow(2)
                    .multiply(three)
                    .add(a)
                    .multiply(y1.shiftLeft(1).modInverse(p))
                    .mod(p);
        } else {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger x = slope.pow(2).subtract(x1).subtract(x2).mod(p);
        return new ECPoint(x, slope.multiply(x1.subtract(x)).subtract(y1).mod(p));
    }
}
