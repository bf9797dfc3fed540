/// Somebody asked wrongly: what is wrong with their value, and what they can do about it.
///
/// Pure rooms throw only refusals. A command turns one into exit code 64.
public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// A stable dotted name without values in it, for programs: `funnel.steps`.
  public let code: String
  /// What is wrong, with the value that was given.
  public let problem: String
  /// What to do instead.
  public let remedy: String

  /// Makes a refusal from its stable code, the problem and the remedy.
  public init(_ code: String, problem: String, remedy: String) {
    self.code = code
    self.problem = problem
    self.remedy = remedy
  }

  /// The problem and the remedy in one line.
  public var description: String { "\(problem) \(remedy)" }
}

/// The world broke: a disk is full, a file is damaged, another process holds the lock.
///
/// Rooms that touch the disk throw faults. A command turns one into exit code 1.
public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
  /// A stable dotted name without values in it: `store.locked`, `part.checksum`.
  public let code: String
  /// The file, table or address that it happened to.
  public let subject: String
  /// What happened.
  public let problem: String
  /// The way back.
  public let remedy: String

  /// Makes a fault from its stable code, the thing it happened to, the problem and the way back.
  public init(_ code: String, subject: String, problem: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.problem = problem
    self.remedy = remedy
  }

  /// The subject, the problem and the way back in one line.
  public var description: String { "\(subject): \(problem) \(remedy)" }
}

/// One remark on a text, with its place, in the form that compilers use.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// How bad it is: errors stop, warnings and notes inform.
  public enum Severity: String, Codable, Sendable, CaseIterable {
    case error, warning, note
  }

  /// The file as the person named it.
  public let file: String
  /// The line, counted from 1.
  public let line: Int
  /// The column in characters, counted from 1.
  public let column: Int
  /// How bad it is.
  public let severity: Severity
  /// A stable dotted name without values in it: `journey.starts`.
  public let code: String
  /// What is wrong.
  public let problem: String
  /// What to do about it.
  public let remedy: String

  /// Makes a remark on a place in a file.
  public init(
    file: String, line: Int, column: Int, severity: Severity, code: String, problem: String,
    remedy: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.severity = severity
    self.code = code
    self.problem = problem
    self.remedy = remedy
  }

  /// The remark as `file:line:column: severity: problem remedy`.
  public var description: String {
    "\(file):\(line):\(column): \(severity.rawValue): \(problem) \(remedy)"
  }
}
