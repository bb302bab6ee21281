package dev.halo.protocol.integrator;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The URL of a receiver of webhooks, with places for {@code {siteId}}, {@code {queryId}} and {@code {source}} in its path
 * and query. The registry checks it when it is set, a gateway fills it in for each notification.
 */
public final class WebhookTemplate {

    /** Characters of a template. */
    public static final int MAX_CHARS = 2_048;

    private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
    private static final Set<String> NAMES = Set.of("siteId", "queryId", "source");
    private static final String EXAMPLE = "a";

    private final String text;

    private WebhookTemplate(String text) {
        this.text = text;
    }

    /**
     * Reads a template.
     *
     * @param httpAllowed whether plain http will do, as on a developer's machine
     * @throws IllegalArgumentException saying what is wrong; never quotes the text
     */
    public static WebhookTemplate parse(String text, boolean httpAllowed) {
        if (text == null || text.isBlank() || text.length() > MAX_CHARS) {
            throw new IllegalArgumentException("must be a URL of 1 to " + MAX_CHARS + " characters");
        }
        checkPlaces(text);
        URI uri = uri(PLACE.matcher(text).replaceAll(EXAMPLE));
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(httpAllowed && scheme.equals("http"))) {
            throw new IllegalArgumentException("must begin with https://" + (httpAllowed ? " or http://" : ""));
        }
        if (uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
            throw new IllegalArgumentException("must have a host, and a port from 1 to 65535 if any");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("must not hold a user or a password");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must not have a fragment");
        }
        return new WebhookTemplate(text);
    }

    /** The URL of one notification. */
    public URI fill(UUID siteId, UUID queryId, String source) {
        Matcher places = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (places.find()) {
            String value =
                    switch (places.group(1)) {
                        case "siteId" -> siteId.toString();
                        case "queryId" -> queryId.toString();
                        default -> source;
                    };
            places.appendReplacement(filled, Matcher.quoteReplacement(encoded(value)));
        }
        return URI.create(places.appendTail(filled).toString());
    }

    private static void checkPlaces(String text) {
        Matcher places = PLACE.matcher(text);
        int authority = authorityEnd(text);
        while (places.find()) {
            if (!NAMES.contains(places.group(1))) {
                throw new IllegalArgumentException("may hold {siteId}, {queryId} and {source}, no other braces");
            }
            if (places.start() < authority) {
                throw new IllegalArgumentException("may hold {siteId}, {queryId} and {source} only behind the host");
            }
        }
        String rest = places.replaceAll("");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            throw new IllegalArgumentException("may hold {siteId}, {queryId} and {source}, no other braces");
        }
    }

    /** Where path or query begin: what comes before says who is called, which no query may decide. */
    private static int authorityEnd(String text) {
        int from = text.indexOf("//") + 2;
        for (int i = from; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == '/' || one == '?' || one == '#') {
                return i;
            }
        }
        return text.length();
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be a URL, with what is not allowed in one percent-encoded");
        }
    }

    private static String encoded(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte one : value.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (one & 0xff);
            if (character < 128 && (Character.isLetterOrDigit(character) || "-._~".indexOf(character) >= 0)) {
                encoded.append(character);
            } else {
                encoded.append('%').append(String.format(Locale.ROOT, "%02X", (int) character));
            }
        }
        return encoded.toString();
    }

    /** Never the URL: receivers put secrets of their own into it. */
    @Override
    public String toString() {
        return "WebhookTemplate";
    }
}
