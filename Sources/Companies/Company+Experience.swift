extension Company {
  /// The company's experience as YAML: the text of `Examples/<company>/experience.yaml`.
  public var experience: String {
    let bytes =
      switch self {
      case .shop: PackageResources.shop_yaml
      case .energy: PackageResources.energy_yaml
      case .business: PackageResources.business_yaml
      }
    return String(decoding: bytes, as: UTF8.self)
  }
}
