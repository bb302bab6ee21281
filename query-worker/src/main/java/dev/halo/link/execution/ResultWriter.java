package dev.halo.link.execution;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Writes rows as JSON into the pages of a {@link RowSink}. */
final class ResultWriter implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator((String) null)
            .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            // A character beyond the BMP is written as itself, not as two escapes.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // A NUMERIC keeps its scale and is never written with an exponent.
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            // The shortest decimal; Java's own methods give more digits than needed before 19.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private final ResultBuffer buffer;
    private final JsonGenerator json;
    private ResultOverflow overflow;

    ResultWriter(RowSink sink, long maxResultBytes) throws IOException {
        buffer = new ResultBuffer(sink, maxResultBytes);
        json = JSON.createGenerator(buffer);
    }

    /**
     * Writes the current row.
     *
     * @throws ResultOverflow if the row or the result is too large; what follows may be skipped after {@link #discard}
     * @throws SinkFailed if the sink cannot keep a page
     * @throws SQLException if a value cannot be read
     */
    void row(ResultSet row, List<Column> columns) throws SQLException, IOException {
        if (buffer.isDiscarding()) {
            return;
        }
        buffer.startRow();
        try {
            json.writeStartObject();
            for (Column column : columns) {
                column.write(row, json);
            }
            json.writeEndObject();
            json.flush();
        } catch (IOException e) {
            throw blobFailure(e);
        }
        buffer.endRow();
    }

    /** From now on rows are counted for nothing: the statement only has to run to its end. */
    void discard(ResultOverflow reason) {
        overflow = reason;
        buffer.discard();
    }

    /** Why rows were discarded, null if they were not. */
    ResultOverflow overflow() {
        return overflow;
    }

    /** Passes the last page on. */
    void finish() throws IOException {
        buffer.finish();
    }

    long rows() {
        return buffer.rows();
    }

    long bytes() {
        return buffer.bytes();
    }

    @Override
    public void close() {
        buffer.discard();
        try {
            json.close();
        } catch (IOException e) {
            // Nothing is written any more: only the writer's memory is given back.
            throw new IllegalStateException(e);
        }
    }

    /** A blob's stream hides the database's error in an IOException. */
    private static IOException blobFailure(IOException e) throws SQLException {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                throw sql;
            }
        }
        return e;
    }
}
