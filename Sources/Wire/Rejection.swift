/// Why a record, or one value of it, was not taken.
public struct Rejection: Sendable, Equatable, Codable {
  /// The number of the record in the file; 1 is the first after the header.
  public let record: Int
  /// The column or key that it was about; nil where it was about the whole record.
  public let field: String?
  /// A stable dotted name without values in it: `time.form`.
  public let code: String
  /// What is wrong, with the value.
  public let problem: String
  /// The beginning of the record as it lies in the file, at most 2 KB.
  public let raw: String

  /// Makes a rejection.
  public init(record: Int, field: String?, code: String, problem: String, raw: String) {
    self.record = record
    self.field = field
    self.code = code
    self.problem = problem
    self.raw = raw
  }

  /// The code of a value that was left out of a record that was taken.
  public static let tooLongText = "property.length"
}

/// Rejections, of which only a bounded number is kept; all are counted.
public struct Rejections: Sendable {
  /// The first ones, in order.
  public private(set) var kept: [Rejection] = []
  /// How many there were of each code.
  public private(set) var counts: [String: Int] = [:]
  private let limit: Int

  /// Makes an empty list that keeps at most `limit` rejections.
  public init(limit: Int = ImportLimits.rejectionsPerChunk) { self.limit = limit }

  /// How many records were not taken; values left out of taken records are not among them.
  public var records: Int {
    counts.reduce(0) { $0 + ($1.key == Rejection.tooLongText ? 0 : $1.value) }
  }

  /// Whether there was none.
  public var isEmpty: Bool { counts.isEmpty }

  /// Counts one, and keeps it where there is room; its text is only made then.
  mutating func add(code: String, _ rejection: () -> Rejection) {
    counts[code, default: 0] += 1
    if kept.count < limit { kept.append(rejection()) }
  }

  /// Adds those of a later chunk.
  public mutating func add(_ others: Rejections) {
    counts.merge(others.counts, uniquingKeysWith: +)
    kept.append(contentsOf: others.kept.prefix(max(0, limit - kept.count)))
  }
}
