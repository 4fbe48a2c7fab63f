package flowsift.files;

import java.io.File;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.TreeMap;

/** Files that are named one by one; each is read once, to the end that it has when the job begins. */
public final class NamedFiles implements Serializable {
  private static final long LEAST_PART = 4L << 20;
  private static final int PARTS_A_TASK = 8;
  // To open a file takes as long as to read so many octets of it.
  private static final long COST_OF_OPENING = 16L << 10;
  private static final int MOST_FILES_A_SPLIT = 1000;

  private final String paths;
  private final long partSize;

  /** `paths` has one a line, with \n and \\ for a line break and a backslash in a name. */
  public NamedFiles(String paths, long partSize) {
    this.paths = paths;
    this.partSize = partSize;
  }

  /** Adds splits by number: large files in parts, small ones several together, in the order in which they are named. */
  void plan(int tasks, boolean hasHeader, TreeMap splits) {
    String[] names = paths.isEmpty() ? new String[0] : paths.split("\n");
    long[] sizes = new long[names.length];
    long total = 0L;
    for (int i = 0; i < names.length; i++) {
      names[i] = unescaped(names[i]);
      sizes[i] = new File(names[i]).length();
      total += sizes[i] + COST_OF_OPENING;
    }
    long most = Math.max(LEAST_PART, Math.min(partSize, total / (PARTS_A_TASK * tasks)));
    ArrayList parts = new ArrayList();
    long octets = 0L;
    for (int i = 0; i < names.length; i++) {
      boolean isSplit = sizes[i] > partSize && Uncompressed.isSplittable(names[i], hasHeader);
      long pieces = isSplit ? (sizes[i] + partSize - 1L) / partSize : 1L;
      for (long piece = 0L; piece < pieces; piece++) {
        long start = sizes[i] / pieces * piece;
        long end = piece == pieces - 1L ? sizes[i] : sizes[i] / pieces * (piece + 1L);
        parts.add(new Part(names[i], start, end, Long.MAX_VALUE, piece == 0L));
        octets += end - start + COST_OF_OPENING;
        if (octets >= most || parts.size() == MOST_FILES_A_SPLIT) {
          add(parts, splits);
          octets = 0L;
        }
      }
    }
    add(parts, splits);
  }

  private static void add(ArrayList parts, TreeMap splits) {
    if (parts.isEmpty()) return;
    Part[] together = (Part[]) parts.toArray(new Part[parts.size()]);
    splits.put(Integer.valueOf(splits.size()), new FilesSplit(splits.size(), together, null));
    parts.clear();
  }

  static String unescaped(String line) {
    if (line.indexOf('\\') < 0) return line;
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char letter = line.charAt(i);
      if (letter == '\\') letter = line.charAt(++i) == 'n' ? '\n' : '\\';
      path.append(letter);
    }
    return path.toString();
  }
}
