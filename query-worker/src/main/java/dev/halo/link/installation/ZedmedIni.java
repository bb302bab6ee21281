package dev.halo.link.installation;

import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.firebird.DatabaseLocation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the installations on this server by reading Zedmed's INI. Never throws for what the file is or holds. */
public final class ZedmedIni {

    private final ZedmedConfig config;
    private final Pattern sections;
    private final Pattern ignoredSections;
    private final Pattern values;
    private final Charset charset;

    /** @throws IllegalArgumentException if a pattern or the character set in the configuration is none */
    public ZedmedIni(ZedmedConfig config) {
        this.config = config;
        this.sections = Pattern.compile(config.sectionPattern(), Pattern.CASE_INSENSITIVE);
        this.ignoredSections = Pattern.compile(config.ignoredSectionPattern(), Pattern.CASE_INSENSITIVE);
        this.values = Pattern.compile(config.valuePattern());
        this.charset = Charset.forName(config.iniCharset());
    }

    /** What changes when the file does; the same value twice means that it need not be read again. */
    public String fingerprint() {
        Optional<Path> path = config.ini();
        if (path.isEmpty()) {
            return "none";
        }
        try {
            return Files.getLastModifiedTime(path.get()).toMillis() + ":" + Files.size(path.get());
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    /** Reads the file. */
    public IniScan scan() {
        if (config.ini().isEmpty()) {
            return failed(new IniProblem.NotConfigured());
        }
        Path path = config.ini().get().toAbsolutePath();
        try {
            if (Files.isDirectory(path)) {
                return failed(new IniProblem.Unreadable(path, "it is a directory"));
            }
            if (Files.size(path) > config.maxIniBytes()) {
                return failed(new IniProblem.Unreadable(path, "it is larger than " + config.maxIniBytes() + " bytes"));
            }
            IniFile file = IniFile.parse(IniText.decode(Files.readAllBytes(path), charset));
            return installations(path, file);
        } catch (NoSuchFileException e) {
            return failed(new IniProblem.Missing(path));
        } catch (AccessDeniedException e) {
            return failed(new IniProblem.Unreadable(path, "the Link's user may not read it"));
        } catch (CharacterCodingException e) {
            return failed(new IniProblem.Unreadable(path, "it is not text in UTF-8 or " + charset.name()));
        } catch (IOException e) {
            return failed(new IniProblem.Unreadable(path, e.getClass().getSimpleName()));
        }
    }

    private static IniScan failed(IniProblem problem) {
        return new IniScan(List.of(), List.of(problem));
    }

    private IniScan installations(Path path, IniFile file) {
        List<IniProblem> problems = new ArrayList<>(file.problems());
        Map<DatabaseLocation, Installation> found = new LinkedHashMap<>();
        file.sections().forEach((name, keys) -> {
            if (!sections.matcher(name).matches()
                    || ignoredSections.matcher(name).matches()) {
                return;
            }
            read(name, keys, problems).ifPresent(installation -> {
                if (found.size() >= config.maxInstallations()) {
                    problems.add(new IniProblem.TooMany(config.maxInstallations()));
                    return;
                }
                Installation first = found.putIfAbsent(installation.patients(), installation);
                if (first != null) {
                    problems.add(new IniProblem.SameDatabase(name, first.section()));
                }
            });
        });
        if (found.isEmpty()) {
            problems.add(new IniProblem.NoInstallations(path));
        }
        return new IniScan(
                List.copyOf(found.values()), problems.stream().distinct().toList());
    }

    private Optional<Installation> read(String name, Map<String, String> keys, List<IniProblem> problems) {
        Optional<String> patientKey = firstKey(keys, config.patientKeys());
        if (patientKey.isEmpty()) {
            problems.add(new IniProblem.NoPatientDatabase(name, String.join(" or ", config.patientKeys())));
            return Optional.empty();
        }
        Optional<DatabaseLocation> patients = location(name, patientKey.get(), keys, problems);
        if (patients.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> documentKey = firstKey(keys, config.documentKeys());
        if (documentKey.isEmpty()) {
            problems.add(new IniProblem.NoDocumentDatabase(name, String.join(" or ", config.documentKeys())));
        }
        Optional<DatabaseLocation> documents = documentKey.flatMap(key -> location(name, key, keys, problems));
        return Optional.of(new Installation(name, patients.get(), documents));
    }

    private static Optional<String> firstKey(Map<String, String> keys, List<String> wanted) {
        return wanted.stream()
                .filter(key -> IniFile.value(keys, key) != null
                        && !IniFile.value(keys, key).isEmpty())
                .findFirst();
    }

    private Optional<DatabaseLocation> location(
            String section, String key, Map<String, String> keys, List<IniProblem> problems) {
        Matcher value = values.matcher(IniFile.value(keys, key));
        if (!value.matches()) {
            problems.add(new IniProblem.BadLocation(section, key, "the value does not have the configured form"));
            return Optional.empty();
        }
        try {
            return Optional.of(DatabaseLocation.parse(value.group("location")));
        } catch (IllegalArgumentException e) {
            problems.add(new IniProblem.BadLocation(section, key, e.getMessage()));
            return Optional.empty();
        }
    }
}
