package dev.halo.gateway.fake;

import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.link.PemKeys;
import dev.halo.protocol.site.Environment;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The registry's publishing and two bridges, shared by all tests of this module; they end with the JVM.
 *
 * @param linkTokens signs tokens that the gateway believes
 */
public record Fakes(FakeCloud cloud, FakeBridge bridge, FakeBridge otherBridge, LinkTokens.Signer linkTokens) {

    /** The ones for the gateway under test. */
    public static Fakes shared() {
        return Holder.FAKES;
    }

    private static final class Holder {
        private static final Fakes FAKES = start();

        private static Fakes start() {
            KafkaSettings settings = KafkaSettings.local(
                    ConfigProvider.getConfig().getValue("halo.kafka.bootstrap-servers", String.class));
            String key = ConfigProvider.getConfig().getValue(GatewayResources.PRIVATE_KEY, String.class);
            return new Fakes(
                    new FakeCloud(settings),
                    new FakeBridge(settings, 7),
                    new FakeBridge(settings, 8),
                    new LinkTokens.Signer(PemKeys.privateKey(key), Environment.STAGE));
        }
    }
}
