/// How pages and pictures look.
package enum MapStyle {
  package static let fonts =
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif"

  /// The colours of pages on which nobody chooses a theme: those of the device.
  package static var colours: String {
    """
    :root{color-scheme:light;\(Palette.css(.light))}
    @media (prefers-color-scheme:dark){:root{color-scheme:dark;\(Palette.css(.dark))}}
    """
  }

  /// The style of a whole page: colours by theme, then layout, then print.
  package static var page: String {
    let light = Palette.css(.light)
    let dark = Palette.css(.dark)
    return """
      :root{color-scheme:light;\(light)}
      @media (prefers-color-scheme:dark){:root{color-scheme:dark;\(dark)}}
      :root:has(#theme-light:checked){color-scheme:light;\(light)}
      :root:has(#theme-dark:checked){color-scheme:dark;\(dark)}
      \(layout)
      \(mapLayout)
      \(drawing)
      @media print{:root,:root:has(#theme-dark:checked){color-scheme:light;\(light)}}
      \(print)
      """
  }

  /// The classes of marks inside pictures.
  static let drawing = """
    .drawing{display:block;overflow:visible}
    text{fill:var(--ink);font-size:12px}
    text.number{font-size:15px;font-weight:650;font-variant-numeric:tabular-nums}
    text.tiny{font-size:10.5px}
    text.muted{fill:var(--muted)}text.bad{fill:var(--bad)}
    text.good{fill:var(--good)}text.warn{fill:var(--warn)}
    text.halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
    .flow{fill-opacity:.34}.flow:hover{fill-opacity:.55}
    .leave{fill:var(--bad);fill-opacity:.26}.open{fill:var(--muted);fill-opacity:.3}
    .reached{fill:var(--good);fill-opacity:.45}
    .fill-ink{fill:var(--ink)}.fill-good{fill:var(--good)}.fill-bad{fill:var(--bad)}
    .fill-accent{fill:var(--accent)}
    .grid{stroke:var(--line);stroke-width:1}
    .designed{fill:none;stroke:var(--muted);stroke-width:1.5;stroke-dasharray:4 4}
    .designed-point{fill:var(--surface);stroke:var(--muted);stroke-width:1.5}
    .whisker{stroke-width:2;stroke-linecap:round}
    .whisker.good,.felt.good{stroke:var(--good)}.whisker.bad,.felt.bad{stroke:var(--bad)}
    .felt{stroke-width:2;fill:var(--surface)}.felt.good{fill:var(--good)}.felt.bad{fill:var(--bad)}
    .track{fill:var(--tint)}.p90{fill:var(--accent);fill-opacity:.28}
    .promise{stroke:var(--ink);stroke-width:2}
    .channel0{fill:var(--channel0)}.channel1{fill:var(--channel1)}.channel2{fill:var(--channel2)}
    .channel3{fill:var(--channel3)}.channel4{fill:var(--channel4)}.channel5{fill:var(--channel5)}
    """ + Palette.startRules

  private static let layout = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 \(fonts);
      font-variant-numeric:tabular-nums}
    main,header.top,footer{max-width:1400px;margin:0 auto;padding:0 40px}
    header.top{padding-top:44px;display:flex;gap:24px;align-items:flex-start;
      justify-content:space-between}
    h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:6px 0 10px;font-weight:680;
      overflow-wrap:anywhere;max-width:24em}
    h2{font-size:20px;letter-spacing:-.01em;margin:0 0 12px;font-weight:650}
    h3{font-size:15px;margin:0 0 2px;font-weight:650}
    p{margin:0 0 10px}
    p,li,h3{overflow-wrap:anywhere}
    .over{color:var(--accent);font-weight:600;font-size:13px;letter-spacing:.02em}
    .muted{color:var(--muted)}.bad{color:var(--bad)}.good{color:var(--good)}.warn{color:var(--warn)}
    .figure{white-space:nowrap}
    .facts{color:var(--muted);margin:0;display:flex;flex-wrap:wrap;gap:2px 18px}
    .theme{border:1px solid var(--line);border-radius:99px;padding:3px;display:flex;margin:0;
      background:var(--surface);flex:none}
    .theme label{padding:3px 12px;border-radius:99px;font-size:13px;color:var(--muted);
      cursor:pointer}
    .theme input{position:absolute;opacity:0;width:1px;height:1px}
    .theme label:has(input:checked){background:var(--tint);color:var(--ink)}
    .theme label:has(input:focus-visible),a:focus-visible,summary:focus-visible,
    [tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:1px;
      margin:32px 0 0;background:var(--surface);border:1px solid var(--line);border-radius:14px;
      overflow:hidden}
    .tile{box-shadow:0 0 0 1px var(--line);padding:16px 18px 15px;min-width:0}
    .tile dt{font-size:13px;color:var(--muted)}
    .tile dd{margin:0}.tile .value{font-size:26px;font-weight:660;letter-spacing:-.02em;
      line-height:1.3;white-space:nowrap}
    .tile .note .figure{display:block}
    .tile .note{font-size:12.5px;color:var(--muted);line-height:1.45}
    section{margin:52px 0 0}
    .lead{color:var(--muted);max-width:72ch;margin:-8px 0 16px}
    .card{background:var(--surface);border:1px solid var(--line);border-radius:14px;
      padding:20px 22px;min-width:0}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:24px}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:14px}
    th,td{text-align:right;padding:8px 10px;border-bottom:1px solid var(--line);vertical-align:top}
    th:first-child,td:first-child,th.text,td.text{text-align:left}
    thead th{font-weight:500;color:var(--muted);font-size:13px;vertical-align:bottom}
    tbody th{font-weight:600;min-width:7em}
    tbody tr:last-child>*{border-bottom:0}
    details{margin-top:14px}summary{cursor:pointer;color:var(--accent);font-size:14px;
      width:fit-content}
    details>.scroll{margin-top:10px}
    .dot{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
    .bar{display:inline-block;width:120px;height:8px;background:var(--tint);border-radius:4px;
      overflow:hidden;vertical-align:middle}
    td:has(>.bar){white-space:nowrap}
    .bar+.figure{display:inline-block;min-width:56px;text-align:right}
    .bar i{display:block;height:100%;background:var(--accent)}
    .bar i.worse{background:var(--bad)}
    .bar i.fine{background:var(--good)}
    .first{list-style:none;margin:0;padding:0;counter-reset:place}
    .first li{counter-increment:place;display:grid;grid-template-columns:34px 1fr;padding:14px 0;
      border-bottom:1px solid var(--line)}
    .first li:last-child{border:0;padding-bottom:0}
    .first li::before{content:counter(place);font-size:20px;font-weight:660;color:var(--bad);
      line-height:1.2}
    .first .gain{margin-left:10px;font-weight:400;font-size:13px;color:var(--bad);
      white-space:nowrap}
    .first p{margin:0;color:var(--muted);overflow-wrap:anywhere}
    tr>:first-child{padding-left:0}tr>:last-child{padding-right:0}
    tr>th:has(>.dot){padding-left:18px}th>.dot{margin-left:-18px}
    .list th{width:38%;font-weight:400}h3+.list{margin-bottom:14px}
    .chain{display:flex;flex-wrap:wrap;gap:5px 20px;align-items:center}
    .chain span{background:var(--tint);border-radius:6px;padding:2px 8px;font-size:13px;
      position:relative}
    .chain span:not(:last-child)::after{content:"→";color:var(--muted);position:absolute;
      left:100%;margin-left:4px}
    .badge{display:inline-block;border-radius:99px;padding:1px 10px;font-size:13px;font-weight:600;
      white-space:nowrap}
    .badge.met{background:var(--good-tint);color:var(--good)}
    .badge.missed{background:var(--bad-tint);color:var(--bad)}
    .badge.uncertain,.badge.nodata{background:var(--warn-tint);color:var(--warn)}
    .badge.even{background:var(--tint);color:var(--muted)}
    tbody th.plain{font-weight:400;padding-left:26px}
    .rules{font-size:14px;color:var(--muted);padding-left:18px;margin:10px 0}
    .rules li{margin-bottom:5px}
    code{font-family:ui-monospace,SFMono-Regular,"DejaVu Sans Mono",monospace;font-size:.92em}
    footer{color:var(--muted);font-size:13px;padding-top:48px;padding-bottom:48px}
    """

  private static let mapLayout = """
    .map{background:var(--surface);border:1px solid var(--line);border-radius:14px;overflow-x:auto;
      position:relative}
    .map-print{display:none}
    .lane{display:flex;border-top:1px solid var(--line);width:max-content;min-width:100%}
    .lane:first-child{border-top:0}
    .lane-name{position:sticky;left:0;z-index:2;width:104px;flex:none;background:var(--surface);
      border-right:1px solid var(--line);padding:14px 8px 12px 16px;font-size:12.5px;
      font-weight:600;line-height:1.35}
    .lane-name small{display:block;font-weight:400;color:var(--muted);font-size:11.5px}
    .cells{display:grid;grid-template-columns:repeat(var(--n),var(--w))}
    .cell{padding:12px 10px 12px 14px;font-size:13px;line-height:1.4;min-width:0;
      overflow-wrap:anywhere}
    .cells .drawing{grid-column:1/-1}
    .stage{grid-column:span var(--span);background:var(--tint);margin:8px 4px 8px 6px;
      border-radius:7px;padding:4px 8px;font-size:12px;font-weight:600;letter-spacing:.02em;
      overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
    .step b{display:block;font-size:14.5px;line-height:1.25;margin-bottom:3px}
    .step .mark{font-size:12px;display:block;margin-top:3px}
    .star{color:var(--warn)}
    .chip{display:inline-block;background:var(--tint);border-radius:6px;padding:1px 7px;
      margin:0 3px 4px 0;font-size:12px;line-height:1.5}
    .chip.strong{background:var(--bad-tint);color:var(--bad)}
    .pain{display:block;font-size:12.5px;color:var(--bad);margin-top:2px}
    .own{display:block}.own small{color:var(--muted);display:block;font-size:11.5px}
    .own.outside{border-left:2px dashed var(--muted);padding-left:8px}
    .back{list-style:none;margin:0;padding:0}.back li{padding:1px 0}
    .divide{display:flex;align-items:center;font-size:11px;letter-spacing:.05em;
      color:var(--muted);border-top:2px dashed var(--muted);padding:5px 16px 3px;width:max-content;
      min-width:100%}
    .divide span{position:sticky;left:16px}
    .divide+.lane{border-top:0}
    .legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin:12px 2px 0;font-size:12.5px;
      color:var(--muted)}
    .legend svg{vertical-align:-2px;margin-right:6px}
    @media (max-width:720px){
      main,header.top,footer{padding-left:16px;padding-right:16px}
      header.top{flex-direction:column-reverse;gap:16px;padding-top:20px}
      h1{font-size:26px}section{margin-top:38px}
      .tiles{grid-template-columns:1fr 1fr}.tile:first-child{grid-column:1/-1}.tile{padding:13px 14px}.tile .value{font-size:21px}
      .lane-name{width:76px;padding-left:10px;font-size:11.5px}.lane-name small{display:none}
      .map{margin:0 -16px;border-radius:0;border-left:0;border-right:0}
      .card{padding:16px}.bar{width:64px}
    }
    """

  private static let print = """
    @media print{
      @page{margin:12mm}
      body{font-size:11.5px;background:#fff;-webkit-print-color-adjust:exact;
        print-color-adjust:exact}
      main,header.top,footer{max-width:none;padding-left:0;padding-right:0}
      header.top{padding-top:0}.theme,summary,.map.screen.many{display:none}
      h1{font-size:26px}h2{font-size:16px}section{margin-top:26px}
      table{font-size:11px}th,td{padding:4px 5px}
      .tiles{margin-top:16px}.tile{padding:9px 12px}.divide{padding:2px 10px 0}.tile .value{font-size:19px}
      .tile .note{font-size:10.5px}
      .map-print{display:block}.map-print .drawing{overflow:hidden}.bar{width:40px}
      .map{overflow:visible;width:fit-content;margin-bottom:18px;break-inside:avoid}.lane{break-inside:avoid}
      .tiles{grid-template-columns:repeat(4,1fr)}.tile:first-child{grid-column:span 2}
      .pair{gap:18px}.card{padding:12px 14px}.lead,.over{break-after:avoid}
      .lane,.divide{width:100%}.lane-name{width:80px;padding:7px 6px 7px 10px;font-size:10.5px}
      .lane-name small{display:none}
      .cells{flex:none;grid-template-columns:repeat(var(--n),114px)}
      .cells .drawing{width:100%;height:auto}
      .cell{padding:6px 8px 6px 10px;font-size:10.5px}.step b{font-size:12px}
      .chip{font-size:10px;margin-bottom:2px}.pain{font-size:10.5px}
      .bar+.figure{min-width:44px}
      .card,.first li,tr,p,li,.legend{break-inside:avoid}h2,h3{break-after:avoid}
      .scroll{overflow:visible}
    }
    """
}
