package dev.halo.link.firebird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseLocationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "C:\\Zedmed\\patients.fdb              | 127.0.0.1 | 0    | C:\\Zedmed\\patients.fdb",
                "c:/Zedmed/patients.fdb                | 127.0.0.1 | 0    | c:/Zedmed/patients.fdb",
                "server:C:\\Zedmed\\patients.fdb       | server    | 0    | C:\\Zedmed\\patients.fdb",
                "server:/data/patients.fdb             | server    | 0    | /data/patients.fdb",
                "server:patients                       | server    | 0    | patients",
                "server/3051:patients                  | server    | 3051 | patients",
                "server/3051:C:\\a b\\x.fdb            | server    | 3051 | C:\\a b\\x.fdb",
                "10.0.0.7:/data/x.fdb                  | 10.0.0.7  | 0    | /data/x.fdb",
                "[::1]/3051:patients                   | [::1]     | 3051 | patients",
                "inet://server:3051/patients           | server    | 3051 | patients",
                "inet://server/patients                | server    | 0    | patients",
                "INET4://server:3051//data/x.fdb       | server    | 3051 | /data/x.fdb",
                "inet://server:3051/C:\\x.fdb          | server    | 3051 | C:\\x.fdb",
                "inet://patients                       | 127.0.0.1 | 0    | patients",
                "inet://[::1]:3051/patients            | [::1]     | 3051 | patients",
                "/data/patients.fdb                    | 127.0.0.1 | 0    | /data/patients.fdb",
                "patients                              | 127.0.0.1 | 0    | patients",
                "\"C:\\Program Files\\x.fdb\"          | 127.0.0.1 | 0    | C:\\Program Files\\x.fdb",
                "  patients                            | 127.0.0.1 | 0    | patients"
            })
    void readsEveryConnectionForm(String form, String host, int port, String database) {
        assertThat(DatabaseLocation.parse(form)).isEqualTo(new DatabaseLocation(host, port, database));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "\"\"",
                "server/0:x",
                "server/99999:x",
                "inet://server:0/x",
                "xnet://x",
                "wnet://h/x",
                "server:x?user=y",
                "server:x;y"
            })
    void saysWhatIsWrong(String form) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseLocation.parse(form))
                .withMessageMatching(".*(connection string|inet://|path).*");
    }

    @ParameterizedTest
    @CsvSource({
        "server:/data/x.fdb, jdbc:firebirdsql://server:3050//data/x.fdb",
        "server/3051:x, jdbc:firebirdsql://server:3051/x",
        "C:\\x.fdb, jdbc:firebirdsql://127.0.0.1:3050/C:\\x.fdb"
    })
    void makesAJdbcUrl(String form, String url) {
        assertThat(DatabaseLocation.parse(form).jdbcUrl(3050)).isEqualTo(url);
    }
}
