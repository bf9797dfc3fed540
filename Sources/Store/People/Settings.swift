import Accounts
import Events
import GRDB

extension Store {
  /// Sets a setting, or takes it away, and writes down who did.
  ///
  /// - Throws: `access.denied`, `setting.name`.
  public func set(_ name: String, to value: String?, by principal: Principal) throws {
    try principal.require(.manageSettings)
    let name = try GivenName.checked(name, of: "setting")
    try write { database in
      let old = try String.fetchOne(
        database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
      guard old != value else { return }
      try database.execute(literal: "DELETE FROM settings WHERE name = \(name)")
      if let value {
        try database.execute(literal: "INSERT INTO settings VALUES (\(name), \(value))")
      }
      func shown(_ value: String?) -> String {
        guard let value else { return "none" }
        return Masking.isSecret(name) ? Masking.mask : "“\(Masking.masked(value))”"
      }
      let detail = "\(shown(old)) → \(shown(value))"
      try note(.settingChanged, name, detail, by: principal, database)
    }
  }

  /// All settings by name.
  public func settings() throws(Fault) -> [String: String] {
    try faultsOnly {
      try read { database in
        let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM settings")
        // Names that look the same to Swift may differ in SQLite.
        return Dictionary(rows.map { ($0[0] as String, $0[1] as String) }) { $1 }
      }
    }
  }
}
