/// How each client is told where to send, ready to copy.
enum Snippets {
  /// All of them, the first one open.
  static func all(key: String, address: String) -> Markup {
    let texts: [(String, String)] = [
      ("Command line", curl(key, address)), ("Browser", browser(key, address)),
      ("Segment client (Python)", segment(key, address)),
      ("PostHog client (Python)", posthog(key, address)),
      ("Mixpanel client (Python)", mixpanel(key, address)),
    ]
    return texts.enumerated().map { number, text -> Markup in
      """
      <details\(if: number == 0, "open")><summary>\(text.0)</summary>
      <pre id="snippet\(number)" tabindex="0" role="region" aria-label="\(text.0)">\
      \(lines: text.1)</pre>
      <button type="button" class="quiet small" data-copy="snippet\(number)">Copy</button></details>
      """
    }.joined()
  }

  private static func curl(_ key: String, _ address: String) -> String {
    """
    curl \(address)/v1/track -u \(key): -H 'Content-Type: application/json' \\
      -d '{"userId": "customer-1", "event": "Order Completed", "properties": {"revenue": 39.90}}'
    """
  }

  private static func browser(_ key: String, _ address: String) -> String {
    """
    <script src="\(address)/waymark.js" data-key="\(key)" defer></script>
    """
  }

  private static func segment(_ key: String, _ address: String) -> String {
    """
    # pip install segment-analytics-python
    import segment.analytics as analytics
    analytics.write_key = "\(key)"
    analytics.host = "\(address)"
    analytics.track("customer-1", "Order Completed", {"revenue": 39.90})
    analytics.flush()
    """
  }

  private static func posthog(_ key: String, _ address: String) -> String {
    """
    # pip install posthog
    from posthog import Posthog
    posthog = Posthog("\(key)", host="\(address)")
    posthog.capture("Order Completed", distinct_id="customer-1", properties={"revenue": 39.90})
    posthog.shutdown()
    """
  }

  private static func mixpanel(_ key: String, _ address: String) -> String {
    let (host, scheme) =
      address.hasPrefix("https://")
      ? (String(address.dropFirst(8)), "https") : (String(address.dropFirst(7)), "http")
    return """
      # pip install mixpanel
      from mixpanel import Mixpanel, Consumer
      consumer = Consumer(import_url="\(scheme)://\(host)/import")
      mixpanel = Mixpanel("\(key)", consumer=consumer)
      mixpanel.import_data("\(key)", "customer-1", "Order Completed", 1767225600, {"revenue": 39.90})
      """
  }
}
