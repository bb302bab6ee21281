package dev.halo.registry.integrator;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** Keeps CIDR blocks as one text with spaces between them. */
@Converter
public class AddressesConverter implements AttributeConverter<List<String>, String> {

    @Override
    public String convertToDatabaseColumn(List<String> blocks) {
        return String.join(" ", blocks);
    }

    @Override
    public List<String> convertToEntityAttribute(String text) {
        return text.isBlank() ? List.of() : List.of(text.split(" "));
    }
}
