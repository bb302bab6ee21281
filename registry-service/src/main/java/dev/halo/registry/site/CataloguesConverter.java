package dev.halo.registry.site;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.site.Catalogue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Keeps a site's few catalogues as JSON: they are only ever read and written together. */
@Converter
public class CataloguesConverter implements AttributeConverter<List<Catalogue>, String> {

    @Override
    public String convertToDatabaseColumn(List<Catalogue> catalogues) {
        return new String(Json.bytes(catalogues), StandardCharsets.UTF_8);
    }

    @Override
    public List<Catalogue> convertToEntityAttribute(String json) {
        return List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), Catalogue[].class));
    }
}
