package dev.halo.link.enablement;

import static dev.halo.link.enablement.Privilege.quote;

import dev.halo.link.firebird.ConnectFailed;
import dev.halo.link.firebird.Connector;
import dev.halo.link.firebird.FirebirdConfig;
import dev.halo.link.firebird.FirebirdErrors;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.Session;
import dev.halo.link.firebird.SiteDatabase;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Integrators' access as users and roles of the practice's own Firebird. */
public final class FirebirdIntegratorAccess implements IntegratorAccess {

    private static final Logger LOG = Logger.getLogger(FirebirdIntegratorAccess.class);
    private static final int SECRET_BYTES = 24;

    private final Connector connector;
    private final int defaultPort;
    private final String vendorRole;
    private final SecureRandom random = new SecureRandom();

    /** @param vendorRole the role whose privileges an integrator's role is given, as the vendor defined it per database */
    public FirebirdIntegratorAccess(FirebirdConfig config, String vendorRole) {
        this.connector = new Connector(config);
        this.defaultPort = config.defaultPort();
        this.vendorRole = vendorRole;
    }

    @Override
    public IntegratorLogin enable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues)
            throws AccessException {
        UUID siteId = site(catalogues);
        IntegratorLogin login = new IntegratorLogin(
                siteId,
                integratorId,
                IntegratorNames.user(siteId, integratorId),
                secret(),
                IntegratorNames.role(siteId, integratorId));
        boolean created = false;
        try {
            created = createUser(administrator, login, catalogues.get(0));
            int opened = 0;
            for (SiteDatabase catalogue : catalogues) {
                opened += open(administrator, login, catalogue) ? 1 : 0;
            }
            if (opened == 0) {
                throw new AccessException("no database of the site has the role " + vendorRole
                        + ", which says what integrators may do; it comes with the practice management system");
            }
            return login;
        } catch (AccessException e) {
            if (created) {
                undo(administrator, integratorId, catalogues);
            }
            throw e;
        }
    }

    @Override
    public void disable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues) throws AccessException {
        UUID siteId = site(catalogues);
        String user = IntegratorNames.user(siteId, integratorId);
        String role = IntegratorNames.role(siteId, integratorId);
        AccessException first = null;
        for (int i = 0; i < catalogues.size(); i++) {
            boolean dropUser = i == 0;
            try {
                with(administrator, catalogues.get(i), connection -> {
                    // The user first: from then on no login is possible, whatever the rest does.
                    if (dropUser && userExists(connection, user)) {
                        execute(connection, "DROP USER " + quote(user));
                        connection.commit();
                    }
                    if (roleExists(connection, role)) {
                        execute(connection, "DROP ROLE " + quote(role));
                    }
                    return null;
                });
            } catch (AccessException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Override
    public IntegratorLogin rotate(IntegratorLogin login, SiteDatabase catalogue) throws AccessException {
        String secret = secret();
        with(login.login(), catalogue, connection -> {
            execute(connection, "ALTER CURRENT USER SET PASSWORD '" + secret + "'");
            return null;
        });
        return new IntegratorLogin(login.siteId(), login.integratorId(), login.user(), secret, login.role());
    }

    @Override
    public Map<String, CatalogueAccess> check(IntegratorLogin login, List<SiteDatabase> catalogues) {
        Map<String, CatalogueAccess> access = new LinkedHashMap<>();
        catalogues.forEach(catalogue -> access.put(catalogue.catalogue(), check(login, catalogue)));
        return access;
    }

    private CatalogueAccess check(IntegratorLogin login, SiteDatabase catalogue) {
        try (Session session = connector.open(catalogue.location(), login.login())) {
            return login.role().equals(session.role()) ? CatalogueAccess.ENABLED : CatalogueAccess.ROLE_MISSING;
        } catch (ConnectFailed e) {
            return switch (e.problem()) {
                case LOGIN_REFUSED -> CatalogueAccess.LOGIN_REFUSED;
                case SERVER_DOWN, DATABASE_MISSING, PROBE_FAILED, DATABASE_ERROR -> CatalogueAccess.UNREACHABLE;
            };
        }
    }

    @Override
    public List<String> list(Login administrator, SiteDatabase catalogue) throws AccessException {
        return with(administrator, catalogue, connection -> {
            List<String> users = new ArrayList<>();
            try (PreparedStatement find = connection.prepareStatement("select distinct trim(rdb$user)"
                    + " from rdb$user_privileges where rdb$privilege = 'M' and rdb$relation_name starting with ?"
                    + " and rdb$user starting with ? order by 1")) {
                find.setString(1, IntegratorNames.ROLE_PREFIX);
                find.setString(2, IntegratorNames.USER_PREFIX);
                try (ResultSet rows = find.executeQuery()) {
                    while (rows.next()) {
                        users.add(rows.getString(1));
                    }
                }
            }
            return users;
        });
    }

    /** @return whether the user is a new one */
    private boolean createUser(Login administrator, IntegratorLogin login, SiteDatabase catalogue)
            throws AccessException {
        return with(administrator, catalogue, connection -> {
            boolean exists = userExists(connection, login.user());
            // The secret's alphabet has no quote.
            execute(connection, "CREATE OR ALTER USER " + quote(login.user()) + " PASSWORD '" + login.secret() + "'");
            return !exists;
        });
    }

    /** @return whether the catalogue has the vendor's role, and is open to the integrator now */
    private boolean open(Login administrator, IntegratorLogin login, SiteDatabase catalogue) throws AccessException {
        return with(administrator, catalogue, connection -> {
            if (roleExists(connection, login.role())) {
                // Made anew, so that it has no privilege that the vendor's role has lost.
                execute(connection, "DROP ROLE " + quote(login.role()));
                connection.commit();
            }
            if (!roleExists(connection, vendorRole)) {
                LOG.warnf("event=catalogue-not-opened catalogue=%s cause=no-vendor-role", catalogue.catalogue());
                return false;
            }
            List<Privilege> privileges = privileges(connection);
            execute(connection, "CREATE ROLE " + quote(login.role()));
            connection.commit();
            for (Privilege privilege : privileges) {
                Optional<String> grant = privilege.grantTo(login.role());
                if (grant.isPresent()) {
                    execute(connection, grant.get());
                }
            }
            execute(connection, "GRANT " + quote(login.role()) + " TO USER " + quote(login.user()));
            return true;
        });
    }

    private List<Privilege> privileges(Connection connection) throws SQLException {
        List<Privilege> privileges = new ArrayList<>();
        try (PreparedStatement find = connection.prepareStatement("select trim(rdb$privilege), rdb$object_type,"
                + " trim(rdb$relation_name), trim(rdb$field_name) from rdb$user_privileges"
                + " where rdb$user = ? and rdb$user_type = 13 order by 3, 1, 4")) {
            find.setString(1, vendorRole);
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    privileges.add(
                            new Privilege(rows.getString(1), rows.getInt(2), rows.getString(3), rows.getString(4)));
                }
            }
        }
        return privileges;
    }

    private void undo(Login administrator, UUID integratorId, List<SiteDatabase> catalogues) {
        try {
            disable(administrator, integratorId, catalogues);
        } catch (AccessException e) {
            LOG.warnf("event=enable-not-undone integrator=%s", integratorId);
        }
    }

    private static boolean roleExists(Connection connection, String role) throws SQLException {
        return exists(connection, "select 1 from rdb$roles where rdb$role_name = ?", role);
    }

    private static boolean userExists(Connection connection, String user) throws SQLException {
        return exists(connection, "select 1 from sec$users where sec$user_name = ?", user);
    }

    private static boolean exists(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(sql)) {
            find.setString(1, name);
            try (ResultSet row = find.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Work on a connection, committed at its end. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T with(Login login, SiteDatabase catalogue, Work<T> work) throws AccessException {
        try (Session session = connector.open(catalogue.location(), login)) {
            T result = work.on(session.connection());
            session.connection().commit();
            return result;
        } catch (ConnectFailed e) {
            throw new AccessException("catalogue " + catalogue.catalogue() + ": " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new AccessException(
                    "catalogue " + catalogue.catalogue() + ": Firebird says (" + e.getErrorCode() + "): "
                            + FirebirdErrors.message(e),
                    e);
        }
    }

    private UUID site(List<SiteDatabase> catalogues) throws AccessException {
        if (catalogues.isEmpty()) {
            throw new AccessException("the site has no database");
        }
        long servers = catalogues.stream()
                .map(catalogue -> catalogue.location().server(defaultPort))
                .distinct()
                .count();
        if (servers > 1) {
            throw new AccessException("the site's databases are on different servers, which have users of their own");
        }
        return catalogues.get(0).siteId();
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
