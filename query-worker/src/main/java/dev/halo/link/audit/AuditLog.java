package dev.halo.link.audit;

import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Appends every statement to the practice's own hash-chained file. An entry that cannot be written is counted and
 * reported.
 *
 * <p>No query waits for the disk: a thread of its own forces what was appended, all of it at once, and then lets the
 * head follow.
 */
public final class AuditLog implements AutoCloseable {

    /** Puts what was written on the disk. A seam for tests that hold the disk up. */
    @FunctionalInterface
    interface Disk {
        void force(FileChannel file) throws IOException;
    }

    private static final Logger LOG = Logger.getLogger(AuditLog.class);
    private static final long STOP_MILLIS = 5_000;

    private final Path directory;
    private final long maxFileBytes;
    private final int maxFiles;
    private FileChannel channel;
    private FileChannel headFile;
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
        this(directory, config, file -> file.force(false));
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
            disk.force(channel);
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
            write(ByteBuffer.allocate(line.length + 1)
                    .put(line)
                    .put((byte) '\n')
                    .flip());
            head = head.after(hashed);
            notifyAll();
            problem = null;
        } catch (IOException e) {
            lost++;
            fail(e);
        }
    }

    private void write(ByteBuffer line) throws IOException {
        long start = channel.position();
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            channel.truncate(start);
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
        FileChannel file;
        AuditHead end;
        synchronized (this) {
            while (!closed && (channel == null || head.equals(kept))) {
                wait();
            }
            if (closed) {
                return false;
            }
            file = channel;
            end = head;
        }
        try {
            disk.force(file);
            reached(end);
        } catch (ClosedChannelException e) {
            // The file was full: it was forced before it was closed, and the head says so. Else there is nothing to
            // force.
            closedUnder(file, end, e);
        } catch (IOException e) {
            failed(end, e);
        }
        return true;
    }

    private synchronized void reached(AuditHead end) throws IOException {
        if (!closed && end.number() > kept.number()) {
            // Rotation may have taken files meanwhile.
            writeHead(end.beginningAt(head.first()));
        }
    }

    private synchronized void closedUnder(FileChannel file, AuditHead end, IOException e) {
        if (channel == file) {
            failed(end, e);
        }
    }

    private synchronized void failed(AuditHead end, IOException e) {
        kept = end;
        fail(e);
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
        channel = FileChannel.open(last, StandardOpenOption.WRITE);
        channel.position(channel.size());
    }

    /** What a crash left of a line would be damage in front of the next one. */
    private static void cutTornLine(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (end > 0 && content[end - 1] != '\n') {
            end--;
        }
        if (end < content.length) {
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(end);
            }
            LOG.warnf("event=audit_torn_line_cut bytes=%d file=%s", content.length - end, file.getFileName());
        }
    }

    private void openNext() throws IOException {
        channel = FileChannel.open(
                AuditFiles.file(directory, head.number() + 1), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.position(channel.size());
    }

    private void rotateIfFull() throws IOException {
        if (channel == null) {
            openLast();
        }
        if (channel.position() < maxFileBytes) {
            return;
        }
        channel.force(true);
        channel.close();
        channel = null;
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
            if (channel != null) {
                channel.force(true);
                writeHead(head);
                channel.close();
            }
            if (headFile != null) {
                headFile.force(true);
                headFile.close();
            }
        } catch (IOException e) {
            fail(e);
        }
    }
}
