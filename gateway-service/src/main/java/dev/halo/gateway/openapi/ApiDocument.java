package dev.halo.gateway.openapi;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Adds to the OpenAPI document what all operations of the integrator API have in common: the key and the errors. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ApiDocument implements OASFilter {

    private static final String SCHEME = "SubscriptionKey";
    private static final String TOKEN = "BearerToken";
    private static final String FHIR = "/fhir/";
    private static final String PAIRING = "/pair";

    private static final Map<String, String> ERRORS = Map.of(
            "400", "The path, a parameter or the body is not valid; the message names it.",
            "401",
                    "The subscription key is missing, unknown, revoked or of the other environment; or the bearer token is not valid.",
            "403",
                    "The caller's address, a daily quota, the site, the pairing or the practice does not allow it; the message"
                            + " says which.",
            "404", "There is no such thing, or it is not the caller's.",
            "429", "Too many requests; Retry-After says when to come back.",
            "500", "Something failed here.",
            "503", "Not attempted; Retry-After says when to try again.");

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getComponents()
                .addSecurityScheme(
                        TOKEN,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT")
                                .description("A token of the integrator's client (OAuth 2 client credentials)."));
        document.setSecurity(security());
        document.getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations().values().forEach(operation -> complete(path, operation)));
    }

    /** One of them is enough. */
    private static List<SecurityRequirement> security() {
        return List.of(
                OASFactory.createSecurityRequirement().addScheme(SCHEME),
                OASFactory.createSecurityRequirement().addScheme(TOKEN));
    }

    private static void complete(String path, Operation operation) {
        operation.setSecurity(security());
        ERRORS.forEach((status, description) -> add(operation, status, envelope(description)));
        if (path.contains(PAIRING)) {
            add(operation, "502", envelope("The pairing could not be made; it may be tried again."));
        }
        if (path.contains(FHIR)) {
            operation.getResponses().removeAPIResponse("200");
            operation.getResponses().addAPIResponse("404", outcome());
        }
    }

    private static void add(Operation operation, String status, APIResponse response) {
        if (!operation.getResponses().hasAPIResponse(status)) {
            operation.getResponses().addAPIResponse(status, response);
        }
    }

    private static APIResponse envelope(String description) {
        return response(description, "application/json", "#/components/schemas/Error");
    }

    private static APIResponse outcome() {
        return response(
                "Zedmed offers no FHIR resources.", "application/fhir+json", "#/components/schemas/OperationOutcome");
    }

    private static APIResponse response(String description, String mediaType, String reference) {
        Schema schema = OASFactory.createSchema().ref(reference);
        return OASFactory.createAPIResponse()
                .description(description)
                .content(OASFactory.createContent()
                        .addMediaType(mediaType, OASFactory.createMediaType().schema(schema)));
    }
}
