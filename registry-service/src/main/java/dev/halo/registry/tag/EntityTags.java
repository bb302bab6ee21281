package dev.halo.registry.tag;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Gives what is read below {@code /admin/v1} an entity tag: the version of the thing, where it has one, and a hash of
 * all that is shown. Who has it already is answered 304.
 */
public class EntityTags {

    private static final String ADMIN = "/admin/v1";
    private static final int HASH_BYTES = 8;

    private final ObjectMapper mapper;

    public EntityTags(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    @ServerResponseFilter
    public void tag(ContainerRequestContext request, ContainerResponseContext response) {
        if (!HttpMethod.GET.equals(request.getMethod())
                || response.getStatus() != Status.OK.getStatusCode()
                || !response.hasEntity()
                || !request.getUriInfo().getPath().startsWith(ADMIN)) {
            return;
        }
        String tag = response.getHeaderString(HttpHeaders.ETAG);
        if (tag == null) {
            tag = tag(response.getEntity());
            response.getHeaders().putSingle(HttpHeaders.ETAG, tag);
        }
        if (names(request.getHeaderString(HttpHeaders.IF_NONE_MATCH), tag)) {
            response.setStatus(Status.NOT_MODIFIED.getStatusCode());
            response.setEntity(null);
        }
    }

    private String tag(Object entity) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(mapper.writeValueAsBytes(entity));
            String text = HexFormat.of().formatHex(hash, 0, HASH_BYTES);
            return '"' + (entity instanceof Versioned versioned ? versioned.version() + "-" : "") + text + '"';
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Whether a list of tags, or {@code *}, names this one; weak and strong ones are the same. */
    static boolean names(String header, String tag) {
        return header != null
                && Arrays.stream(header.split(","))
                        .map(String::trim)
                        .anyMatch(one -> one.equals("*") || bare(one).equals(bare(tag)));
    }

    /** The version in a tag, as text; what is no tag has none that fits. */
    static String versionOf(String tag) {
        String bare = bare(tag.trim());
        int end = bare.indexOf('-');
        return end < 0 ? bare : bare.substring(0, end);
    }

    private static String bare(String tag) {
        String strong = tag.startsWith("W/") ? tag.substring(2) : tag;
        return strong.length() > 1 && strong.startsWith("\"") && strong.endsWith("\"")
                ? strong.substring(1, strong.length() - 1)
                : strong;
    }
}
