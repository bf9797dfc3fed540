/// The example companies, whose experiences lie in `Examples/` under the same names.
public enum Company: String, Codable, Sendable, CaseIterable {
  /// Trailhead Outfitters, an online shop.
  case shop
  /// Brightwater Energy, an energy-saving programme.
  case energy
  /// Fieldsense, a service for businesses with devices that report by themselves.
  case business

  /// The name under which the company trades.
  public var title: String {
    switch self {
    case .shop: "Trailhead Outfitters"
    case .energy: "Brightwater Home Energy"
    case .business: "Fieldsense"
    }
  }

  /// How many customers its demonstration has.
  public var usualCustomers: Int {
    switch self {
    case .shop: 20_000
    case .energy: 6_000
    case .business: 1_500
    }
  }

  /// How many days its demonstration covers; long enough for its slowest journey.
  public var usualDays: Int {
    switch self {
    case .shop: 90
    case .energy: 270
    case .business: 180
    }
  }

  /// Event names in its data that no touchpoint asks for: what a real log has besides the map.
  public var offMapEvents: [String] {
    switch self {
    case .shop: ["Size Guide Viewed", "Filter Applied", "Survey Sent", "Survey Answered"]
    case .energy: ["Bill Viewed", "Calculator Opened"]
    case .business: ["Documentation Viewed", "Dashboard Viewed"]
    }
  }
}
