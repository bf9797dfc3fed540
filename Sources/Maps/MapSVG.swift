/// The picture of a measured map alone, as one standalone SVG.
public enum MapSVG {
  /// The ground that a picture is made for.
  public enum Theme: Sendable, CaseIterable {
    case light, dark
  }
}
