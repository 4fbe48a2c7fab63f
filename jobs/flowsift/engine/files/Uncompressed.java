package flowsift.files;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;

/**
 * What is in a file, by its first octets: gzip, bzip2, xz and Zstandard are uncompressed, several such streams one after
 * the other too, as rotated logs have them; all else is as it is.
 */
final class Uncompressed {
  private static final String[] CLASSES = {
    "org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream",
    "org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream",
    "org.tukaani.xz.XZInputStream",
    "com.github.luben.zstd.ZstdInputStream"
  };
  private static final String[] NAMES = {"gzip", "bzip2", "xz", "Zstandard"};
  private static final String[][] ENDINGS = {{".gz"}, {".bz2"}, {".xz"}, {".zst", ".zstd"}};
  private static final int[][] MAGIC = {
    {0x1F, 0x8B}, {'B', 'Z', 'h'}, {0xFD, '7', 'z', 'X', 'Z'}, {0x28, 0xB5, 0x2F, 0xFD}
  };
  private static final int LONGEST_MAGIC = 5;
  private static final int BUFFER = 64 << 10;

  private Uncompressed() {}

  /** Whether a file may be read in parts: it is not compressed, and no line says how those after it are read. */
  static boolean isSplittable(String path, boolean hasHeader) {
    try {
      byte[] first = firstOctets(path, 0L);
      if (kindOf(first) >= 0) return false;
      return !hasHeader || first.length > 0 && (first[0] == '{' || first[0] == '[');
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Opens what is in a part; `octet` is where to begin if it is not compressed.
   *
   * <p>A compressed file is read to the end of the part.
   */
  static Opened open(Part part, long octet) throws IOException {
    byte[] first = firstOctets(part.path, part.start);
    int kind = kindOf(first);
    if (kind < 0) refuseWrongName(part.path, first);
    FileInputStream file = opened(part.path);
    try {
      skip(file, kind < 0 ? octet : part.start);
      if (kind < 0) return new Opened(new Limited(file, part.limit - octet), octet, false);
      InputStream compressed = new BufferedInputStream(new Limited(file, part.end - part.start), BUFFER);
      return new Opened(uncompressed(kind, compressed), 0L, true);
    } catch (IOException fault) {
      file.close();
      throw fault;
    }
  }

  private static void skip(FileInputStream file, long octets) throws IOException {
    file.getChannel().position(octets);
  }

  private static InputStream uncompressed(int kind, InputStream in) throws IOException {
    try {
      Class stream = Class.forName(CLASSES[kind], true, Uncompressed.class.getClassLoader());
      if (kind < 2) {
        return (InputStream)
            stream
                .getConstructor(new Class[] {InputStream.class, boolean.class})
                .newInstance(new Object[] {in, Boolean.TRUE});
      }
      return (InputStream) stream.getConstructor(new Class[] {InputStream.class}).newInstance(new Object[] {in});
    } catch (InvocationTargetException fault) {
      if (fault.getCause() instanceof IOException) throw (IOException) fault.getCause();
      throw new IOException(String.valueOf(fault.getCause()), fault);
    } catch (ReflectiveOperationException missing) {
      throw new IOException("the jar that reads " + NAMES[kind] + " is not part of the job");
    } catch (LinkageError missing) {
      throw new IOException("the library that reads " + NAMES[kind] + " cannot be loaded: " + missing.getMessage());
    }
  }

  private static byte[] firstOctets(String path, long start) throws IOException {
    FileInputStream file = opened(path);
    try {
      skip(file, start);
      byte[] first = new byte[LONGEST_MAGIC];
      int length = 0;
      for (int read = 0; read >= 0 && length < first.length; read = file.read(first, length, first.length - length)) {
        length += read;
      }
      byte[] found = new byte[length];
      System.arraycopy(first, 0, found, 0, length);
      return found;
    } finally {
      file.close();
    }
  }

  private static int kindOf(byte[] first) {
    for (int kind = 0; kind < MAGIC.length; kind++) {
      int same = 0;
      while (same < MAGIC[kind].length && same < first.length && (first[same] & 0xFF) == MAGIC[kind][same]) same++;
      if (same == MAGIC[kind].length) return kind;
    }
    return -1;
  }

  /** A file that is not compressed although its name says so is text all the same; else it is damaged. */
  private static void refuseWrongName(String path, byte[] first) throws IOException {
    boolean isText = first.length == 0 || first[0] >= ' ' || first[0] == '\t' || first[0] == '\r' || first[0] == '\n';
    boolean hasMark = first.length > 0 && first[0] == (byte) 0xEF;
    if (isText || hasMark) return;
    for (int kind = 0; kind < ENDINGS.length; kind++) {
      for (int i = 0; i < ENDINGS[kind].length; i++) {
        if (path.endsWith(ENDINGS[kind][i])) throw new IOException("this does not begin as " + NAMES[kind] + " does");
      }
    }
  }

  private static FileInputStream opened(String path) throws IOException {
    try {
      return new FileInputStream(path);
    } catch (FileNotFoundException fault) {
      File file = new File(path);
      if (file.exists()) throw new IOException("no permission to read it, or it is a folder now");
      throw new IOException(
          isAscii(path) || System.getProperty("sun.jnu.encoding", "").toUpperCase().startsWith("UTF")
              ? "there is no such file here any more"
              : "there is no such file here, or Java's locale is not UTF-8; start Flink with LC_ALL=C.UTF-8");
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) return false;
    }
    return true;
  }

  /** An open stream, and the octet of the file, uncompressed, at which it begins. */
  static final class Opened {
    final InputStream in;
    final long octet;
    final boolean isCompressed;

    Opened(InputStream in, long octet, boolean isCompressed) {
      this.in = in;
      this.octet = octet;
      this.isCompressed = isCompressed;
    }
  }

  /** No more than so many octets of a stream. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
      super(in);
      left = most;
    }

    public int read() throws IOException {
      if (left <= 0L) return -1;
      int octet = in.read();
      if (octet >= 0) left--;
      return octet;
    }

    public int read(byte[] buffer, int start, int length) throws IOException {
      if (left <= 0L) return -1;
      int read = in.read(buffer, start, (int) Math.min(length, left));
      if (read > 0) left -= read;
      return read;
    }

    public long skip(long octets) throws IOException {
      long skipped = in.skip(Math.min(octets, left));
      left -= skipped;
      return skipped;
    }

    public int available() throws IOException {
      return (int) Math.min(in.available(), left);
    }
  }
}
