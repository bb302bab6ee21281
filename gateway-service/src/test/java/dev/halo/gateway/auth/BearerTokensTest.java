package dev.halo.gateway.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.view.IntegratorIndex;
import dev.halo.protocol.integrator.IntegratorFact.Integrator;
import dev.halo.test.key.RsaKeys;
import java.security.Key;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class BearerTokensTest {

    private static final String ISSUER = "https://login.example.org/realms/halo";
    private static final KeyPair ISSUERS = RsaKeys.issuer();
    private static final KeyPair STRANGERS = RsaKeys.stranger();
    private static final UUID MAPPED = UUID.randomUUID();

    private final IntegratorIndex index = new IntegratorIndex();
    private final Map<String, Key> keys = Map.of("one", ISSUERS.getPublic());
    private final BearerTokens tokens = new BearerTokens(index, terms(Optional.of(ISSUER)), keys::get);
    private final UUID integrator = integrator(UUID.randomUUID(), true);

    @Test
    void aGoodTokenIsItsIntegrators() {
        assertRecognised(token(claims -> {}), integrator);
    }

    @Test
    void aClientWithoutTheClaimIsMappedByConfiguration() {
        integrator(MAPPED, true);

        assertRecognised(
                token(claims -> {
                    claims.unsetClaim("halo_integrator_id");
                    claims.setClaim("azp", "client-one");
                }),
                MAPPED);
    }

    @Test
    void eachFailureSaysWhichItIs() {
        assertRejected("nonsense", "cannot be accepted", true);
        assertRejected("", "not one", true);
        assertRejected(token(claims -> claims.setExpirationTime(in(-60))), "has expired", true);
        assertRejected(token(claims -> claims.setAudience("account")), "another audience", true);
        assertRejected(token(claims -> claims.unsetClaim("aud")), "another audience", true);
        assertRejected(token(claims -> claims.setIssuer("https://stage.example.org")), "another issuer", true);
        assertRejected(signed(claims -> {}, STRANGERS.getPrivate(), "one"), "signature is not valid", true);
        assertRejected(signed(claims -> {}, ISSUERS.getPrivate(), "two"), "key is not known", false);
        assertRejected(token(claims -> claims.unsetClaim("halo_integrator_id")), "belongs to no integrator", true);
        assertRejected(token(claims -> claims.setClaim("halo_integrator_id", "1")), "belongs to no integrator", true);
        assertRejected(
                token(claims ->
                        claims.setClaim("halo_integrator_id", UUID.randomUUID().toString())),
                "is not known",
                false);
        integrator(integrator, false);
        assertRejected(token(claims -> {}), "suspended", false);
    }

    @Test
    void aTokenWithoutAnEndOrWithoutASignatureIsNotTaken() throws JoseException {
        assertRejected(token(claims -> claims.unsetClaim("exp")), "cannot be accepted", true);
        JsonWebSignature unsigned = new JsonWebSignature();
        unsigned.setPayload(token(claims -> {}).split("\\.")[1]);
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        unsigned.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.ALLOW_ONLY_NONE);
        assertThat(tokens.recognise(new Credential.BearerToken(unsigned.getCompactSerialization())))
                .isInstanceOf(Recognition.Rejected.class);
    }

    @Test
    void whateverStandsInAForgedTokenItIsRefusedAndBreaksNothing() {
        String body = token(claims -> {}).split("\\.")[1];
        for (String header : List.of(
                "{\"alg\":\"RS256\",\"kid\":1}",
                "{\"alg\":\"HS256\",\"kid\":\"one\"}",
                "{\"alg\":\"RS256\",\"kid\":\"one\",\"crit\":[\"x\"]}",
                "{\"alg\":[],\"kid\":{}}",
                "{\"alg\":\"ES256\",\"kid\":\"one\"}",
                "[]",
                "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\",\"kid\":\"one\"}",
                "[".repeat(5_000))) {
            String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(UTF_8));

            for (String token : List.of(forged + "." + body + ".AAAA", forged + ".a.b.c.d")) {
                assertThat(tokens.recognise(new Credential.BearerToken(token)))
                        .as(header)
                        .isInstanceOf(Recognition.Rejected.class);
            }
        }
        for (Object odd : new Object[] {List.of(integrator.toString()), 1, Map.of("a", 1)}) {
            assertRejected(token(claims -> claims.setClaim("halo_integrator_id", odd)), "no integrator", true);
        }
    }

    @Test
    void withoutAnIssuerNoneIsTaken() {
        BearerTokens none = new BearerTokens(index, terms(Optional.empty()), keys::get);

        assertThat(none.recognise(new Credential.BearerToken(token(claims -> {}))))
                .isInstanceOfSatisfying(Recognition.Rejected.class, rejected -> assertThat(rejected.message())
                        .contains("not accepted here"));
    }

    @Test
    void theHeaderIsReadAndNeverShown() {
        assertThat(BearerTokens.credential("bearer abc").text()).isEqualTo("abc");
        assertThat(BearerTokens.credential("Basic abc")).isNull();
        assertThat(BearerTokens.credential(null)).isNull();
        assertThat(new Credential.BearerToken("abc").toString()).doesNotContain("abc");
    }

    private void assertRecognised(String token, UUID as) {
        assertThat(tokens.recognise(new Credential.BearerToken(token)))
                .isInstanceOfSatisfying(
                        Recognition.Recognised.class,
                        good -> assertThat(good.caller().integratorId()).isEqualTo(as));
    }

    private void assertRejected(String token, String words, boolean settled) {
        assertThat(tokens.recognise(new Credential.BearerToken(token)))
                .isInstanceOfSatisfying(Recognition.Rejected.class, rejected -> {
                    assertThat(rejected.message()).contains(words);
                    assertThat(rejected.settled()).isEqualTo(settled);
                });
    }

    private String token(Consumer<JwtClaims> change) {
        return signed(change, ISSUERS.getPrivate(), "one");
    }

    private String signed(Consumer<JwtClaims> change, PrivateKey key, String id) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience("halo-integrator-api");
        claims.setExpirationTime(in(60));
        claims.setClaim("azp", "client");
        claims.setClaim("halo_integrator_id", integrator.toString());
        change.accept(claims);
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setKey(key);
        token.setKeyIdHeaderValue(id);
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static NumericDate in(int seconds) {
        NumericDate date = NumericDate.now();
        date.addSeconds(seconds);
        return date;
    }

    private UUID integrator(UUID id, boolean active) {
        Integrator fact = new Integrator(id, "Integrator", active, List.of(), List.of(), null, null, 1);
        index.changed(fact.key(), Optional.of(fact));
        return id;
    }

    private static BearerTokens.Terms terms(Optional<String> issuer) {
        return new BearerTokens.Terms(
                issuer,
                "halo-integrator-api",
                "halo_integrator_id",
                Map.of("client-one", MAPPED),
                Duration.ofSeconds(30));
    }
}
