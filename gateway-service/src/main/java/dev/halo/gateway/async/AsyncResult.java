package dev.halo.gateway.async;

import dev.halo.protocol.query.Parameter;
import java.util.List;

/**
 * What a query has produced.
 *
 * @param rows their number
 * @param size bytes of JSON of all pages
 * @param pages their number; 0 of a nonQuery
 * @param affected rows that a nonQuery has changed; null of any other
 * @param parameters output values, empty until the end and where there are none
 */
public record AsyncResult(long rows, long size, int pages, Long affected, List<Parameter> parameters) {

    static AsyncResult ofRows(long rows, long size, int pages, List<Parameter> parameters) {
        return new AsyncResult(rows, size, pages, null, parameters);
    }

    static AsyncResult ofAffected(long affected, List<Parameter> parameters) {
        return new AsyncResult(0, 0, 0, affected, parameters);
    }
}
