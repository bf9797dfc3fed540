import Events
import Synchronization

/// The event names of a workspace and their codes; a code is a name's position.
public struct EventNames: Sendable, Equatable {
  /// The names, at the position of their code.
  public private(set) var names: [String]
  private var codes: [String: UInt16]

  /// The most names that a workspace may have; the last code is kept for *no such event*.
  public static let limit = 65_535
  /// The code of no event.
  public static let none: UInt16 = 65_535

  /// Makes the names from their list in order of code.
  public init(_ names: [String] = []) {
    precondition(names.count <= Self.limit)
    self.names = names
    codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt16($0)) })
  }

  /// The code of a name; nil where no event has it.
  public func code(of name: String) -> UInt16? { codes[name] }

  /// The code of a name, given to it now if it is new; nil where there is no room for another.
  public mutating func codeAdding(_ name: String) -> UInt16? {
    if let code = codes[name] { return code }
    guard names.count < Self.limit else { return nil }
    let code = UInt16(names.count)
    codes[name] = code
    names.append(name)
    return code
  }
}

/// Event names that several readers add to at the same time.
public final class SharedEventNames: Sendable {
  private let names: Mutex<EventNames>

  /// Shares names, beginning with those that a workspace has.
  public init(_ names: EventNames = EventNames()) { self.names = Mutex(names) }

  /// The code of a name, given to it now if it is new; nil where there is no room for another.
  public func code(of name: String) -> UInt16? { names.withLock { $0.codeAdding(name) } }

  /// The names up to now.
  public var current: EventNames { names.withLock { $0 } }
}
