package dev.halo.registry.integrator;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** An IPv4 or IPv6 address, or a block of them in CIDR notation. */
@Target({ElementType.TYPE_USE, ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = CidrBlock.Validator.class)
public @interface CidrBlock {

    /** What the error says. */
    String message() default "must be an IP address or a CIDR block such as 203.0.113.0/24";

    /** Not used. */
    Class<?>[] groups() default {};

    /** Not used. */
    Class<? extends Payload>[] payload() default {};

    /** Accepts literals only, so that no name is ever looked up. */
    final class Validator implements ConstraintValidator<CidrBlock, String> {

        private static final Pattern LITERAL =
                Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

        @Override
        public boolean isValid(String value, ConstraintValidatorContext context) {
            if (value == null || value.length() > 64) {
                return false;
            }
            int slash = value.indexOf('/');
            String address = slash < 0 ? value : value.substring(0, slash);
            if (!LITERAL.matcher(address).matches()) {
                return false;
            }
            try {
                int bits = InetAddress.getByName(address).getAddress().length * 8;
                return slash < 0 || isPrefix(value.substring(slash + 1), bits);
            } catch (UnknownHostException e) {
                return false;
            }
        }

        private static boolean isPrefix(String text, int bits) {
            return text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= bits;
        }
    }
}
