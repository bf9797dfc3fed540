/// What was taken out of a text and put into it, line by line.
///
/// - SeeAlso: E. W. Myers, “An O(ND) difference algorithm and its variations”, Algorithmica 1 (1986).
public struct LineDiff: Sendable, Equatable {
  /// One line of either text, or of both.
  public struct Line: Sendable, Equatable {
    /// What happened to it.
    public enum Fate: Sendable, Equatable { case kept, removed, added }

    public var fate: Fate
    public var text: String
    /// Its number in the old text, from 1; nil where it was added.
    public var old: Int?
    /// Its number in the new text, from 1; nil where it was removed.
    public var new: Int?
  }

  /// All lines, those taken out before those put in at the same place.
  public let lines: [Line]
  /// How many lines were added.
  public var added: Int { lines.count { $0.fate == .added } }
  /// How many lines were removed.
  public var removed: Int { lines.count { $0.fate == .removed } }

  /// The most single changes for which the shortest way is sought, since it takes the square of
  /// them in memory: 8 MB. Beyond, all that lies between the first and the last change counts as
  /// replaced.
  static let mostChanges = 1000

  /// Compares two texts.
  public init(from old: String, to new: String) {
    self.init(from: Self.lines(of: old), to: Self.lines(of: new))
  }

  private init(from old: [String], to new: [String]) {
    // Numbers instead of texts: every line is compared many times.
    var numbers: [[UInt8]: Int] = [:]
    func number(_ line: String) -> Int {
      // Texts that only look the same are different ones.
      let bytes = Array(line.utf8)
      let number = numbers[bytes] ?? numbers.count
      numbers[bytes] = number
      return number
    }
    let (a, b) = (old.map(number), new.map(number))
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] {
      end += 1
    }
    let fates =
      [Line.Fate](repeating: .kept, count: start)
      + Self.fates(Array(a[start..<a.count - end]), Array(b[start..<b.count - end]))
      + [Line.Fate](repeating: .kept, count: end)
    var (i, j) = (0, 0)
    lines = fates.map { fate in
      switch fate {
      case .kept:
        (i, j) = (i + 1, j + 1)
        return Line(fate: .kept, text: new[j - 1], old: i, new: j)
      case .removed:
        i += 1
        return Line(fate: .removed, text: old[i - 1], old: i, new: nil)
      case .added:
        j += 1
        return Line(fate: .added, text: new[j - 1], old: nil, new: j)
      }
    }
  }

  /// The lines of a text; an end of line at its end begins no further one.
  private static func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// The fates along a shortest way from one to the other.
  private static func fates(_ a: [Int], _ b: [Int]) -> [Line.Fate] {
    let replaced =
      [Line.Fate](repeating: .removed, count: a.count)
      + [Line.Fate](repeating: .added, count: b.count)
    guard !a.isEmpty, !b.isEmpty else { return replaced }
    guard let trace = trace(a, b) else { return replaced }
    return walk(back: trace, a.count, b.count)
  }

  /// How far along `a` each diagonal came after each number of changes; nil where there are too many.
  private static func trace(_ a: [Int], _ b: [Int]) -> [[Int]]? {
    var trace: [[Int]] = []
    // The diagonal k of d changes lies at k + d: row d has 2 d + 1 of them.
    var last = [0]
    for d in 0...min(mostChanges, a.count + b.count) {
      var row = [Int](repeating: 0, count: 2 * d + 1)
      for k in stride(from: -d, through: d, by: 2) {
        var x = d == 0 ? 0 : entry(last, d - 1, k)
        while x < a.count, x - k < b.count, x - k >= 0, a[x] == b[x - k] { x += 1 }
        row[k + d] = x
        guard x >= a.count, x - k >= b.count else { continue }
        trace.append(row)
        return trace
      }
      trace.append(row)
      last = row
    }
    return nil
  }

  /// Where a diagonal is entered from the row before: by a removal or an addition.
  private static func entry(_ row: [Int], _ d: Int, _ k: Int) -> Int {
    isAddition(row, d, k) ? row[k + 1 + d] : row[k - 1 + d] + 1
  }

  private static func isAddition(_ row: [Int], _ d: Int, _ k: Int) -> Bool {
    // Beside the row there is only one neighbour.
    if k - 1 < -d { return true }
    if k + 1 > d { return false }
    return row[k - 1 + d] < row[k + 1 + d]
  }

  private static func walk(back trace: [[Int]], _ endOfA: Int, _ endOfB: Int) -> [Line.Fate] {
    var (x, y) = (endOfA, endOfB)
    var fates: [Line.Fate] = []
    for d in stride(from: trace.count - 1, to: 0, by: -1) {
      let (row, k) = (trace[d - 1], x - y)
      let isAddition = isAddition(row, d - 1, k)
      let entered = entry(row, d - 1, k)
      fates += [Line.Fate](repeating: .kept, count: x - entered)
      fates.append(isAddition ? .added : .removed)
      x = isAddition ? entered : entered - 1
      y = x - (isAddition ? k + 1 : k - 1)
    }
    fates += [Line.Fate](repeating: .kept, count: x)
    return fates.reversed()
  }
}
