import Events
import Experience

extension Experience {
  /// The hash of what decides a journey's figures, as 16 hexadecimal digits.
  func definition(of journey: Journey) -> String {
    hexadecimal(stableHash(canonicalText(of: journey)))
  }
}
