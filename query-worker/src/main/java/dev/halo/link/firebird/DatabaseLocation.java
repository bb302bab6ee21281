package dev.halo.link.firebird;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is, as Firebird's connection forms say it.
 *
 * @param host the server; never null, loopback where the form names none
 * @param port TCP port of the server; 0 where the form names none, which stands for the configured default
 * @param database path on the server, or alias
 */
public record DatabaseLocation(String host, int port, String database) {

    /** The host of a form that names none: the Link runs on the practice's server. */
    public static final String LOOPBACK = "127.0.0.1";

    private static final int MAX_PORT = 65_535;
    private static final Pattern URL = Pattern.compile(
            "(?i)(?:inet|inet4|inet6)://(?:(\\[[^\\]]+\\]|[^/:]+)(?::(\\d{1,5}))?/)?(.+)", Pattern.DOTALL);
    private static final Pattern OTHER_PROTOCOL = Pattern.compile("(?i)[a-z][a-z0-9]+://.*", Pattern.DOTALL);
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    /** Two characters at least: a one-letter "host" is a Windows drive. */
    private static final Pattern HOSTED =
            Pattern.compile("(\\[[^\\]]+\\]|[^/\\\\:\\[]{2,})(?:/(\\d{1,5}))?:(.+)", Pattern.DOTALL);

    public DatabaseLocation {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(database, "database");
        if (host.isBlank()) {
            throw new IllegalArgumentException("no host in the database's connection string");
        }
        if (database.isBlank()) {
            throw new IllegalArgumentException("no database in the connection string");
        }
        if (database.indexOf('?') >= 0 || database.indexOf(';') >= 0) {
            throw new IllegalArgumentException("a database's path must not hold '?' or ';'");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port out of range in the connection string: " + port);
        }
    }

    /**
     * Reads {@code C:\path\x.fdb}, {@code host:path}, {@code host/port:path}, {@code inet://host:port/path}, a path, or an
     * alias. Quotes round the whole are dropped.
     *
     * @throws IllegalArgumentException saying what is wrong with the form
     */
    public static DatabaseLocation parse(String form) {
        String text = unquote(form == null ? "" : form.strip());
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the database's connection string is empty");
        }
        Matcher url = URL.matcher(text);
        if (url.matches()) {
            return new DatabaseLocation(
                    url.group(1) == null ? LOOPBACK : url.group(1), port(url.group(2)), url.group(3));
        }
        if (OTHER_PROTOCOL.matcher(text).matches()) {
            throw new IllegalArgumentException("only inet:// is served, not " + text.substring(0, text.indexOf("://")));
        }
        if (DRIVE.matcher(text).matches()) {
            return new DatabaseLocation(LOOPBACK, 0, text);
        }
        Matcher hosted = HOSTED.matcher(text);
        if (hosted.matches()) {
            return new DatabaseLocation(hosted.group(1), port(hosted.group(2)), hosted.group(3));
        }
        return new DatabaseLocation(LOOPBACK, 0, text);
    }

    /** The JDBC URL without properties. */
    public String jdbcUrl(int defaultPort) {
        return "jdbc:firebirdsql://" + host + ":" + portOr(defaultPort) + "/" + database;
    }

    /** The server, for limits that are per database host: {@code host:port}. */
    public String server(int defaultPort) {
        return host + ":" + portOr(defaultPort);
    }

    private int portOr(int defaultPort) {
        return port == 0 ? defaultPort : port;
    }

    private static int port(String digits) {
        if (digits == null) {
            return 0;
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port out of range in the connection string: " + port);
        }
        return port;
    }

    private static String unquote(String text) {
        boolean quoted = text.length() >= 2
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1).strip() : text;
    }
}
