package dev.halo.link.installation;

import java.nio.file.Path;

/** What is wrong with Zedmed's INI, or with one installation in it. None stops the other installations. */
public sealed interface IniProblem {

    /** For the practice's administrator: what is wrong and where. Holds no value of the file but names. */
    String message();

    /** Whether the file as a whole could not be used, so that what was found before still counts. */
    default boolean isWholeFile() {
        return false;
    }

    /** No path is configured. */
    record NotConfigured() implements IniProblem {
        @Override
        public String message() {
            return "no INI file is configured (halo.link.zedmed.ini)";
        }

        @Override
        public boolean isWholeFile() {
            return true;
        }
    }

    /** There is no such file. */
    record Missing(Path path) implements IniProblem {
        @Override
        public String message() {
            return "the INI file " + path + " does not exist";
        }

        @Override
        public boolean isWholeFile() {
            return true;
        }
    }

    /** It is there but cannot be read. */
    record Unreadable(Path path, String reason) implements IniProblem {
        @Override
        public String message() {
            return "the INI file " + path + " cannot be read: " + reason;
        }

        @Override
        public boolean isWholeFile() {
            return true;
        }
    }

    /** It could be read and names no installation. */
    record NoInstallations(Path path) implements IniProblem {
        @Override
        public String message() {
            return "the INI file " + path + " names no installation";
        }
    }

    /** A line is neither section, key and value, comment nor empty. */
    record MalformedLine(int line) implements IniProblem {
        @Override
        public String message() {
            return "line " + line + " is neither a section nor key=value and was left out";
        }
    }

    /** A key stands before the first section. */
    record KeyOutsideSection(int line) implements IniProblem {
        @Override
        public String message() {
            return "line " + line + " stands before the first section and was left out";
        }
    }

    /** A section comes twice: the first one counts. */
    record DuplicateSection(String section, int line) implements IniProblem {
        @Override
        public String message() {
            return "section [" + section + "] comes again at line " + line + ": the first one counts";
        }
    }

    /** A key comes twice in a section: the first one counts. */
    record DuplicateKey(String section, String key, int line) implements IniProblem {
        @Override
        public String message() {
            return "[" + section + "] has " + key + " again at line " + line + ": the first one counts";
        }
    }

    /** An installation names no patient database. */
    record NoPatientDatabase(String section, String keys) implements IniProblem {
        @Override
        public String message() {
            return "[" + section + "] names no patient database (key " + keys + ") and is not used";
        }
    }

    /** An installation names no document database; the patient database is served alone. */
    record NoDocumentDatabase(String section, String keys) implements IniProblem {
        @Override
        public String message() {
            return "[" + section + "] names no document database (key " + keys
                    + "): the patient database is served alone";
        }
    }

    /** A connection string is not one of Firebird's forms. */
    record BadLocation(String section, String key, String reason) implements IniProblem {
        @Override
        public String message() {
            return "[" + section + "] " + key + ": " + reason;
        }
    }

    /** Two installations name the same patient database: the first one counts. */
    record SameDatabase(String section, String first) implements IniProblem {
        @Override
        public String message() {
            return "[" + section + "] names the same patient database as [" + first + "] and is not used";
        }
    }

    /** More installations than are served. */
    record TooMany(int bound) implements IniProblem {
        @Override
        public String message() {
            return "more than " + bound + " installations: the rest is not used (halo.link.zedmed.max-installations)";
        }
    }
}
