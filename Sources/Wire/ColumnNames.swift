import Events

/// The names under which the parts of an event go in the files of others.
enum ColumnNames {
  static let customer = [
    "customerid", "customer", "userid", "user", "distinctid", "clientid", "client", "personid",
    "person", "caseid", "case", "caseconceptname", "patientid", "patient", "memberid", "contactid",
    "subscriberid", "uid",
  ]
  static let anonymous = ["anonymousid", "anonid", "visitorid", "deviceid", "cookieid"]
  static let event = [
    "event", "eventname", "activity", "activityname", "conceptname", "action", "handling",
    "eventtype", "touchpoint", "name", "type",
  ]
  static let time = [
    "timestamp", "time", "ts", "datetime", "eventtime", "eventtimestamp", "timetimestamp",
    "occurredat", "happenedat", "createdat", "originaltimestamp", "date",
  ]
  static let message = ["messageid", "eventid", "insertid"]

  /// A name without case and separators: `Customer_ID`, `customerId` and `customer id` are one.
  static func plain(_ name: String) -> String {
    String(
      decoding: name.utf8.compactMap { byte -> UInt8? in
        switch byte {
        case 65...90: byte + 32
        case 97...122, 48...57, 128...: byte
        default: nil
        }
      }, as: UTF8.self)
  }

  /// Which of several names plays a part: the one that a person named, or one that is known.
  static func choose(
    _ given: String?, flag: String, among headers: [String], known: [String]
  ) throws(Refusal) -> Int? {
    if let given {
      if let position = headers.firstIndex(of: given) { return position }
      let same = headers.indices.filter { plain(headers[$0]) == plain(given) }
      if same.count == 1 { return same[0] }
      throw Refusal(
        "import.column", problem: "There is no column “\(given.prefix(60))” for \(flag).",
        remedy: "The columns are \(list(headers)).")
    }
    let plainHeaders = headers.map(plain)
    for name in known {
      if let position = plainHeaders.firstIndex(of: name) { return position }
    }
    return nil
  }

  /// Names for a message; a few of them stand for many.
  static func list(_ headers: [String]) -> String {
    let shown = headers.prefix(30).map { "“\($0.prefix(40))”" }.joined(separator: ", ")
    return headers.count > 30 ? "\(shown) and \(headers.count - 30) more" : shown
  }
}
