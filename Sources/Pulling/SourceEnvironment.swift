import Events
import Experience
import Foundation

/// The variables by which a person who runs the program says where sources are.
///
/// What they hold is used and never kept, told or logged.
public struct SourceEnvironment: Sendable {
  private let variables: [String: String]

  /// Takes variables; without arguments, those of the process.
  public init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
    self.variables = variables
  }

  /// The variables of libpq that can say where a database is without a connection string.
  private static let ofPostgreSQL = [
    "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGUSER", "PGPORT",
  ]

  /// Where a source is: its connection string, its folder, or the secret of its signatures.
  ///
  /// A database without a variable of its own is where the variables of libpq say.
  /// - Throws: `source.address` where nothing says it, `source.secret` where a secret is too short.
  public func address(of source: EventSource) throws(Refusal) -> String {
    let value = variables[source.variable] ?? ""
    switch source.kind {
    case .postgresql:
      if value.isEmpty, !Self.ofPostgreSQL.contains(where: { variables[$0] != nil }) {
        throw missing(source, "a connection string of libpq, such as “host=… dbname=… user=…”")
      }
    case .folder:
      if value.isEmpty { throw missing(source, "the path of the folder") }
    case .webhook:
      if value.isEmpty { throw missing(source, "the secret that its sender signs with") }
      guard value.utf8.count >= Self.shortestSecret else {
        throw Refusal(
          "source.secret", problem: "The secret of “\(source.name)” is too short.",
          remedy: "Use \(Self.shortestSecret) letters or more, made by chance.")
      }
    }
    return value
  }

  /// The shortest secret of signatures, in bytes: shorter ones can be guessed.
  public static let shortestSecret = 16

  private func missing(_ source: EventSource, _ what: String) -> Refusal {
    Refusal(
      "source.address",
      problem: "Nothing says where “\(source.name)” is: \(source.variable) is not set.",
      remedy: "Set the variable to \(what), and start the program again.")
  }
}
