package flowsift.files;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder in which files appear, are appended to, renamed and removed, as rotated logs are. */
public final class WatchedFolder implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFolder.class);
  private static final int SUMMED = 1024;

  private final String folder;
  private final String pattern;
  final long quietMs;

  /** Files in the folder whose absolute path matches the regular expression, `quietMs` after their last change. */
  public WatchedFolder(String folder, String pattern, long quietMs) {
    this.folder = folder;
    this.pattern = pattern;
    this.quietMs = quietMs;
  }

  /** Seen files, those that were modified first come first; null if a folder could not be listed. */
  List list() {
    ArrayList found = new ArrayList();
    boolean isWhole = list(new File(folder), Pattern.compile(pattern, Pattern.DOTALL), found, new HashSet());
    Collections.sort(found);
    return isWhole ? found : null;
  }

  private boolean list(File directory, Pattern wanted, List found, HashSet entered) {
    File[] entries = directory.listFiles();
    if (entries == null) {
      // One that was removed in the meantime is no fault.
      if (directory.exists()) LOG.warn("{} cannot be listed", directory);
      return !directory.exists() && !directory.getPath().equals(folder);
    }
    boolean isWhole = true;
    for (int i = 0; i < entries.length; i++) {
      File entry = entries[i];
      try {
        BasicFileAttributes attributes = Files.readAttributes(entry.toPath(), BasicFileAttributes.class);
        String key = String.valueOf(attributes.fileKey());
        if (attributes.isDirectory()) {
          // A link may lead upwards.
          boolean isNew = !entry.getName().startsWith(".") && entered.add(key);
          if (isNew && !list(entry, wanted, found, entered)) isWhole = false;
        } else if (attributes.isRegularFile() && entered.add(key) && wanted.matcher(entry.getPath()).matches()) {
          found.add(new Seen(key, entry.getPath(), attributes.size(), attributes.lastModifiedTime().toMillis()));
        }
      } catch (IOException gone) {
        LOG.debug("{} is gone, or a link that leads nowhere", entry);
      } catch (InvalidPathException unnamed) {
        LOG.warn("{} has a name that is not UTF-8, or Java's locale is not; start it with LC_ALL=C.UTF-8", entry);
      }
    }
    return isWhole;
  }

  /** A sum of the last octets before this one; another value, or an error, shows that a file is not as it was. */
  static int sumBefore(String path, long octet) throws IOException {
    byte[] last = new byte[(int) Math.min(SUMMED, octet)];
    RandomAccessFile file = new RandomAccessFile(path, "r");
    try {
      file.seek(octet - last.length);
      file.readFully(last);
    } catch (EOFException shorter) {
      return 0;
    } finally {
      file.close();
    }
    CRC32 sum = new CRC32();
    sum.update(last, 0, last.length);
    return (int) sum.getValue();
  }

  /** A file as it was seen. */
  static final class Seen implements Comparable {
    final String key;
    final String path;
    final long size;
    final long modifiedMs;

    Seen(String key, String path, long size, long modifiedMs) {
      this.key = key;
      this.path = path;
      this.size = size;
      this.modifiedMs = modifiedMs;
    }

    boolean isAs(Seen other) {
      return other != null && size == other.size && modifiedMs == other.modifiedMs;
    }

    public int compareTo(Object other) {
      int order = Long.compare(modifiedMs, ((Seen) other).modifiedMs);
      return order != 0 ? order : path.compareTo(((Seen) other).path);
    }
  }
}
