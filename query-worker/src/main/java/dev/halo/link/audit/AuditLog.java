package dev.halo.link.audit;

import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Appends every statement to the practice's own hash-chained file. An entry that cannot be written is counted and
 * reported.
 *
 * <p>Entries are written by the threads of statements, which may be interrupted at any time. Therefore no file here is a channel:
 * an interrupt would close it, and lose that entry and all that follow.
 *
 * <p>No query waits for the disk: a thread of its own forces what was appended, all of it at once, and then lets the
 * head follow.
 */
public final class AuditLog implements AutoCloseable {

    /** Puts what was written on the disk. A seam for tests that hold the disk up. */
    @FunctionalInterface
    interface Disk {
        void force(RandomAccessFile file) throws IOException;
    }

    private static final Logger LOG = Logger.getLogger(AuditLog.class);
    private static final long STOP_MILLIS = 5_000;

    private final Path directory;
    private final long maxFileBytes;
    private final int maxFiles;
    private RandomAccessFile current;
    private RandomAccessFile headFile;
    private final Disk disk;
    private final Thread keeper;
    /** How far the chain goes. */
    private AuditHead head = AuditHead.BEGINNING;
    /** How far it goes on the disk, or was found not to go; the keeper does not try twice. */
    private AuditHead kept = AuditHead.BEGINNING;

    private boolean closed;
    private volatile String problem;
    private volatile long lost;

    /** Goes on where the chain in the directory ends. */
    public AuditLog(Path directory, AuditConfig config) {
        this(directory, config, file -> file.getFD().sync());
    }

    AuditLog(Path directory, AuditConfig config, Disk disk) {
        this.directory = directory;
        this.disk = disk;
        this.maxFileBytes = config.maxFileSize().asLongValue();
        this.maxFiles = config.maxFiles();
        try {
            AuditHead[] last = {AuditHead.read(directory).orElse(AuditHead.BEGINNING)};
            AuditFiles.Verification found = AuditFiles.read(directory, entry -> {
                if (entry.number() >= last[0].number()) {
                    last[0] = last[0].after(entry);
                }
            });
            found.broken().ifPresent(where -> LOG.errorf("event=audit_chain_broken where=\"%s\"", where));
            // Where the end was cut off it goes on behind what is missing, which so stays visible.
            head = last[0];
            openLast();
            disk.force(current);
            writeHead(head);
        } catch (IOException e) {
            fail(e);
        }
        this.keeper = new Thread(this::keep, "audit-keeper");
        keeper.setDaemon(true);
        keeper.start();
    }

    /** Why it cannot be written now, null while it can. */
    public String problem() {
        return problem;
    }

    /** Entries that could not be written since the start. */
    public long lost() {
        return lost;
    }

    /** Appends an entry, whose number and hashes are filled in. Never throws. */
    public synchronized void append(AuditEntry entry) {
        AuditEntry chained = entry.chained(head.number() + 1, head.hash());
        AuditEntry hashed = chained.hashed(AuditChain.hash(chained));
        try {
            rotateIfFull();
            byte[] line = Json.bytes(hashed);
            byte[] ended = Arrays.copyOf(line, line.length + 1);
            ended[line.length] = '\n';
            write(ended);
            head = head.after(hashed);
            notifyAll();
            problem = null;
        } catch (IOException e) {
            lost++;
            fail(e);
        }
    }

    private void write(byte[] line) throws IOException {
        long start = current.getFilePointer();
        try {
            current.write(line);
        } catch (IOException e) {
            // Also moves back to where the next entry belongs.
            current.setLength(start);
            throw e;
        }
    }

    private void keep() {
        try {
            while (keepOnce()) {
                // The next entries may be there already.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false when the log is closed */
    private boolean keepOnce() throws InterruptedException {
        RandomAccessFile file;
        AuditHead end;
        synchronized (this) {
            while (!closed && (current == null || head.equals(kept))) {
                wait();
            }
            if (closed) {
                return false;
            }
            file = current;
            end = head;
        }
        try {
            disk.force(file);
            reached(end);
        } catch (IOException e) {
            failed(file, end, e);
        }
        return true;
    }

    private synchronized void reached(AuditHead end) throws IOException {
        if (!closed && end.number() > kept.number()) {
            // Rotation may have taken files meanwhile.
            writeHead(end.beginningAt(head.first()));
        }
    }

    private synchronized void failed(RandomAccessFile file, AuditHead end, IOException e) {
        // Another file by now: this one was full, and was forced before it was closed, as the head says.
        if (current == file && !closed) {
            kept = end;
            fail(e);
        }
    }

    private void writeHead(AuditHead now) throws IOException {
        kept = now;
        if (headFile == null) {
            headFile = AuditHead.open(directory);
        }
        now.write(headFile);
    }

    private void openLast() throws IOException {
        List<Path> files = AuditFiles.list(directory);
        if (files.isEmpty()) {
            openNext();
            return;
        }
        Path last = files.get(files.size() - 1);
        cutTornLine(last);
        openAtEnd(last);
    }

    /** What a crash left of a line would be damage in front of the next one. */
    private static void cutTornLine(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (end > 0 && content[end - 1] != '\n') {
            end--;
        }
        if (end < content.length) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(end);
            }
            LOG.warnf("event=audit_torn_line_cut bytes=%d file=%s", content.length - end, file.getFileName());
        }
    }

    private void openNext() throws IOException {
        openAtEnd(AuditFiles.file(directory, head.number() + 1));
    }

    private void openAtEnd(Path file) throws IOException {
        RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
        try {
            opened.seek(opened.length());
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        current = opened;
    }

    private void rotateIfFull() throws IOException {
        if (current == null) {
            openLast();
        }
        if (current.getFilePointer() < maxFileBytes) {
            return;
        }
        current.getFD().sync();
        current.close();
        current = null;
        openNext();
        List<Path> files = AuditFiles.list(directory);
        int tooMany = files.size() - 1 - maxFiles;
        if (tooMany > 0) {
            // Said before it is done: a crash in between must not look as if somebody had cut the chain.
            head = head.beginningAt(AuditFiles.firstNumber(files.get(tooMany)));
        }
        writeHead(head);
        for (Path old : files.subList(0, Math.max(0, tooMany))) {
            Files.deleteIfExists(old);
        }
    }

    private void fail(IOException e) {
        problem = "the audit cannot be written: " + e.getMessage();
        LOG.errorf("event=audit_write_failed reason=\"%s\"", e.getMessage());
    }

    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                closeFiles();
            }
            notifyAll();
        }
        try {
            keeper.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeFiles() {
        try {
            if (current != null) {
                current.getFD().sync();
                writeHead(head);
                current.close();
            }
            if (headFile != null) {
                headFile.getFD().sync();
                headFile.close();
            }
        } catch (IOException e) {
            fail(e);
        }
    }
}
