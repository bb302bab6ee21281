package dev.halo.gateway.record;

import dev.halo.gateway.query.QueryJson;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page as it is answered, for the OpenAPI document. */
@Schema(name = "ResultPage")
record PageJson(
        @Schema(required = true, format = "base64", description = "Base64 of a JSON array with an object per row.")
        String data,

        @Schema(description = "Values that came out of a procedure.")
        List<QueryJson.OutputParameter> parameters) {}
