package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.site.PmsKey;
import java.util.List;
import java.util.UUID;

/**
 * What a switch would do. It moves every PMS ID that the losing Link is authoritative for and the gaining Link serves,
 * never one alone of them.
 *
 * @param fromLinkId the losing Link; null where the PMS IDs have none
 * @param toLinkId the gaining Link
 * @param moves what moves; its {@code fromSiteId}s lose authority
 * @param stays what the losing Link keeps, because the other does not serve it
 * @param notMovable what the other Link has as well, and cannot serve as it is
 * @param leftWithout what has no authoritative site that can be queried afterwards
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SwitchPlan(
        UUID fromLinkId,
        UUID toLinkId,
        List<Move> moves,
        List<Stay> stays,
        List<NotMovable> notMovable,
        List<Left> leftWithout) {

    /**
     * @param practiceName of the site that loses authority, or of the gaining one where none had it
     * @param toPracticeName of the gaining one: a difference shows a mistake
     * @param version of the authority before the switch
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Move(
            PmsType pmsType,
            String pmsId,
            String practiceName,
            UUID fromSiteId,
            UUID toSiteId,
            String toPracticeName,
            long version) {
        PmsKey pmsKey() {
            return new PmsKey(pmsType, pmsId);
        }
    }

    /** @param siteId of the losing Link */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Stay(PmsType pmsType, String pmsId, String practiceName, UUID siteId) {}

    /**
     * @param siteId of the gaining Link
     * @param problem why it cannot be served there
     */
    public record NotMovable(PmsType pmsType, String pmsId, UUID siteId, String problem) {}

    /** @param problem why nobody can query it */
    public record Left(PmsType pmsType, String pmsId, String problem) {}

    public SwitchPlan {
        moves = List.copyOf(moves);
        stays = List.copyOf(stays);
        notMovable = List.copyOf(notMovable);
        leftWithout = List.copyOf(leftWithout);
    }

    /** What the operator who saw this plan agreed to. */
    Fingerprint fingerprint() {
        Fingerprint.Builder parts = Fingerprint.builder(fromLinkId + ">" + toLinkId);
        // The names, too: by them an operator sees that two databases are not of one practice.
        moves.forEach(m -> parts.add(
                m.pmsId(), "move", m.fromSiteId(), m.toSiteId(), m.version(), m.practiceName(), m.toPracticeName()));
        stays.forEach(s -> parts.add(s.pmsId(), "stay", s.siteId(), s.practiceName()));
        notMovable.forEach(n -> parts.add(n.pmsId(), "stuck", n.siteId(), n.problem()));
        leftWithout.forEach(l -> parts.add(l.pmsId(), "left", l.problem()));
        return parts.build();
    }
}
