import Events
import Experience

extension Experience {
  /// The hash of what decides a journey's figures, as 16 hexadecimal digits.
  func definition(of journey: Journey) -> String {
    let digits = String(stableHash(canonicalText(of: journey)), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
