import Experience

/// The colours of a map, in the light and in the dark.
package enum Palette {
  /// A colour by its CSS name, as `#rrggbb` for each theme.
  package struct Color: Sendable {
    package let name: String
    package let light: String
    package let dark: String
  }

  package static let colors: [Color] = [
    Color(name: "paper", light: "#f7f5f0", dark: "#121618"),
    Color(name: "surface", light: "#fffefb", dark: "#1a1f22"),
    Color(name: "tint", light: "#f0ede5", dark: "#232a2e"),
    Color(name: "line", light: "#e2ddd1", dark: "#323b40"),
    Color(name: "ink", light: "#1d2529", dark: "#eceae4"),
    Color(name: "muted", light: "#5a6468", dark: "#a5afb3"),
    Color(name: "accent", light: "#0d5c63", dark: "#6cc5cb"),
    Color(name: "start0", light: "#1f7a82", dark: "#4fb0b7"),
    Color(name: "start1", light: "#c68a1e", dark: "#dca94b"),
    Color(name: "start2", light: "#7d5fa6", dark: "#a98bd3"),
    Color(name: "start3", light: "#5b7f3b", dark: "#93b86f"),
    Color(name: "start4", light: "#b5596e", dark: "#d98a9c"),
    Color(name: "start5", light: "#3f6fa8", dark: "#7ba6d8"),
    Color(name: "start6", light: "#8c6d4b", dark: "#bd9d7a"),
    Color(name: "start7", light: "#6c7378", dark: "#a3aab0"),
    Color(name: "good", light: "#276b44", dark: "#7fcb9c"),
    Color(name: "good-tint", light: "#e3f0e6", dark: "#1c3326"),
    Color(name: "bad", light: "#a63a26", dark: "#f0907a"),
    Color(name: "bad-tint", light: "#fae7e1", dark: "#3d231d"),
    Color(name: "warn", light: "#7f5706", dark: "#e5ba62"),
    Color(name: "warn-tint", light: "#f9efd5", dark: "#36290f"),
    Color(name: "channel0", light: "#2f6f8f", dark: "#5aa6cb"),
    Color(name: "channel1", light: "#7fb0a5", dark: "#8cc7ba"),
    Color(name: "channel2", light: "#d9a766", dark: "#d9a766"),
    Color(name: "channel3", light: "#a5748f", dark: "#c492ae"),
    Color(name: "channel4", light: "#8a8f5c", dark: "#b2b87c"),
    Color(name: "channel5", light: "#a8a49a", dark: "#7f8589"),
  ]

  /// Pairs of text and ground that occur; each has a contrast of 4.5 or more in both themes.
  static let textOnGround: [(text: String, ground: String)] = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "tint"), ("muted", "paper"),
    ("muted", "surface"), ("muted", "tint"), ("accent", "paper"), ("accent", "surface"),
    ("good", "surface"), ("good", "good-tint"), ("bad", "surface"), ("bad", "bad-tint"),
    ("warn", "surface"), ("warn", "warn-tint"),
  ]

  /// The number of colours for channels; further channels share the last.
  static let channels = 6

  /// The number of colours for starting points: as many as a journey may be measured with.
  package static let starts = Journey.mostMeasuredStarts

  /// The rules by which marks of starting points get their colours.
  static var startRules: String {
    (0..<starts).map {
      ".s\($0),.fill-s\($0),.bar i.s\($0){fill:var(--start\($0));"
        + "background:var(--start\($0))}"
    }.joined()
  }

  /// The theme's colours as CSS properties.
  static func css(_ theme: MapSVG.Theme) -> String {
    colors.map { "--\($0.name):\(theme == .light ? $0.light : $0.dark);" }.joined()
  }
}
