extension LanguageMarks {
  static let english = LanguageMarks(
    language: .english,
    words:
      "the and of to is in it you that was for on are with as i his they be at have this from or "
      + "had by not but what all were we when your can said there an which she do how their if will "
      + "my than been who its now did get has him her our too very just so only would could should "
      + "about after more no out up them then these some because also even still again never really "
      + "good great bad it's don't i'm didn't wasn't fast slow late nice love",
    letters: "", endings: "ing ed ly tion ness ght ould ck able ful ment er y ion ive ies ty ss",
    parts: "th wh ough ee oo ay ou ea sh ow")

  static let german = LanguageMarks(
    language: .german,
    words:
      "der die das und ist in zu den nicht von sie mit dem es ein eine auf für im ich war sich des "
      + "auch als an wie aus bei er hat dass sind nach wird oder aber man noch um bin einen so zum kein "
      + "keine nur über vor zur mir mich wenn wir alles sehr gut schnell wurde haben habe hatte leider "
      + "immer mehr schon wieder bis unter kann einer einem meine mein ihr ihre uns unser da doch was "
      + "durch gegen jetzt hier alle werden gewesen super gerne ware lieferung nie ohne",
    letters: "ßäöü", endings: "ung en cht ich lich keit heit isch ern eit st tz ig ert tte rt",
    parts: "sch ei ch ge ver au eu zu ck pf äu ie")

  static let french = LanguageMarks(
    language: .french,
    words:
      "le la les de des du et est un une en à que qui pas ne pour dans ce il elle sur au aux avec "
      + "son sa ses par plus je tu nous vous ils se sont été cette mais ou où mon ma mes très tout bien "
      + "fait être avoir ai n'est c'est j'ai d'un d'une l'a qu'il si comme on leur sans même aussi "
      + "rien trop jamais toujours encore peu bon merci service ces était peut entre vers",
    letters: "çéèêàùûôîœëï",
    endings: "ment tion eux eau aux oir ois ait ées ée que ique ent elle eur ette",
    parts: "qu ou eu oi ai eau")

  static let spanish = LanguageMarks(
    language: .spanish,
    words:
      "el la los las de del y es en que un una no por con para se lo su al más como pero sus le ya o "
      + "este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos "
      + "durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo "
      + "fue era son está han ha he bien bueno buena gracias todo nada siempre nunca puede mi tu si ser",
    letters: "ñáéíóú¿¡", endings: "ción ado ada mente idad ido ar er ir os as ón ía ble nte",
    parts: "ll qu ue ie rr ñ")

  static let italian = LanguageMarks(
    language: .italian,
    words:
      "il lo la i gli le di del della dei delle e è che un una in non per con si su da al alla come "
      + "ma più anche sono ho ha mi ti ci ne se questo questa tutto tutti molto nel nella sul dal era "
      + "stato stata essere hanno quando dove chi cosa perché io lui lei noi loro mio suo o poi già "
      + "sempre mai bene ottimo grazie però senza dopo prima ancora solo c'è può dell'",
    letters: "èòùàì",
    endings: "zione ato ata are ere ire mente ità to ti te ti ggio etto ssimo ente ivo",
    parts: "gli zz tt ll cch gn che ss cc zi")

  static let portuguese = LanguageMarks(
    language: .portuguese,
    words:
      "o a os as de do da dos das e é que um uma em no na nos nas não por com para se ao mais como "
      + "mas foi ele ela seu sua ou quando muito já também só pelo pela até isso entre depois sem mesmo "
      + "aos ter meus minha meu têm eu você está são estou tem bom boa obrigado obrigada nada sempre "
      + "nunca bem ser à às este esta tudo todo era pode foram nem",
    letters: "ãõçâêáéíóúà",
    endings: "ção ões ado ada mente dade ar er ir ndo os as ido ável agem inho",
    parts: "nh lh ão qu ei ou õe")

  static let dutch = LanguageMarks(
    language: .dutch,
    words:
      "de het een en van is in op te dat die ik je niet zijn was met voor aan er hij ze maar om ook "
      + "als dan bij nog naar heeft hebben had wel geen uit door over kan mijn wat we wij worden wordt "
      + "deze dit heel zeer goed snel veel meer werd ben u zo nu al mij mee moet weer altijd nooit "
      + "erg bestelling levering of tot onder kunnen zonder hun hier daar tegen",
    letters: "ëï", endings: "en ijk eid ing aar oor eel ijn ende elijk lijk cht eren ten sel",
    parts: "ij aa oo ee uu oe sch ui gh ge eu")

  static let swedish = LanguageMarks(
    language: .swedish,
    words:
      "och i att det som en på är av för med den till inte om ett har de jag var men sig från så vi "
      + "kan nu ska än när eller man hade mycket bara bra vid mig under hon han efter där alla också "
      + "utan här blev måste mer hur vad mitt min din sin ni snabb snabbt tack dålig aldrig alltid "
      + "över inga inget ingen kunde skulle finns få fick",
    letters: "åäö", endings: "ning ar or er ande ade het ligt lig igt ats orna arna ska ött ätt",
    parts: "sk ck tt ll kt ör är än ll")

  static let danish = LanguageMarks(
    language: .danish,
    words:
      "og i at det som en på er af for med den til ikke om et har de jeg var men sig fra så vi kan nu "
      + "skal end når eller man havde meget bare god godt ved mig under hun han efter der alle også "
      + "uden her blev må mere hvor hvad mit min din sin hurtig hurtigt tak dårlig aldrig altid over "
      + "ingen kunne skulle findes få fik af været blive bliver noget nogle kun",
    letters: "åæø", endings: "ning er ede het hed ligt lig erne ene else elser ende age ejde",
    parts: "øj ej kk gt hv æd ør af dt ve")

  static let norwegian = LanguageMarks(
    language: .norwegian,
    words:
      "og i at det som en på er av for med den til ikke om et har de jeg var men seg fra så vi kan nå "
      + "skal enn når eller man hadde mye bare bra god ved meg under hun han etter der alle også uten "
      + "her ble må mer hvor hva mitt min din sin rask raskt takk dårlig aldri alltid over ingen "
      + "kunne skulle finnes få fikk vært bli blir noe noen kun veldig hvis",
    letters: "åæø", endings: "ning er ede het ligt lig ene else ende sjon eit ger etter",
    parts: "øy ei kk gt hv kj ør tt sj")

  static let finnish = LanguageMarks(
    language: .finnish,
    words:
      "ja on ei se että oli hän en ole mutta kun niin mikä myös joka ovat kuin tai jos nyt vain minä "
      + "sinä me te he olen olet olla ollut tämä sen sitä siitä hyvä hyvin erittäin nopea kiitos paljon "
      + "vielä aina mitä kuten ennen jälkeen kanssa ilman koska voi voit ettei eivät sekä jo täysin",
    letters: "äö",
    endings: "nen ssa ssä sta stä lla llä lta ltä lle ksi tta ttä aan ään oon uus yys inen sti vat",
    parts: "aa ää ii uu kk tt ll ss yy uo ie ää öö")

  static let polish = LanguageMarks(
    language: .polish,
    words:
      "i w nie na z do to się jest że o jak ale za po co tak od przez dla był była było są tylko już "
      + "ten ta te czy mnie mi bardzo może jego jej ich przy lub oraz bez pod nad być mam ma jestem "
      + "szybko szybka dobrze dziękuję polecam nigdy zawsze wszystko wszystkie gdy kiedy który która "
      + "które a u aby tym tego także jeszcze można więc",
    letters: "łżźśćńąęó", endings: "nie ść ego ych owy owa ane ów ia em ami iej iem ać eć ować ony",
    parts: "sz cz rz dz ni wy prz ow")

  static let czech = LanguageMarks(
    language: .czech,
    words:
      "a se v na je že s z do to o i ale jako za by který která které si po tak jsem jsou byl byla bylo "
      + "ve k od pro při už jen není být velmi dobře dobrý rychle rychlé děkuji nebo jejich co kde když "
      + "ze ještě také mi mě nás vás jeho její bez pod nad až však má máte mám nelze vše nikdy vždy",
    letters: "řěůžščýáíéúďťň",
    endings: "ní ost ého ých ové ova ání ení ou ka ech ami ný ná né at it",
    parts: "př ou st ch vy ně ří")

  static let hungarian = LanguageMarks(
    language: .hungarian,
    words:
      "a az és hogy nem is egy meg ez de van volt csak már ki mint el ha még ezt azt vagy minden nagyon "
      + "jó én te ő mi ti ők köszönöm gyors gyorsan soha mindig után előtt alatt között mert amely "
      + "amikor lehet kell nincs ami aki be le fel akkor úgy így itt ott most sem nélkül szerint",
    letters: "őűáéíóöúü",
    endings: "nak nek ban ben ság ség hoz hez ott ett tam tem nál nél ból ből ra re val vel",
    parts: "sz gy ny cs zs ly tt ll eg")

  static let romanian = LanguageMarks(
    language: .romanian,
    words:
      "și si de la a în in nu este pe cu care un o că ca să sa mai din pentru au fost era sunt dar sau "
      + "le se el ea ei noi voi eu al ale lui ce foarte bine bun bună mulțumesc repede tot toate dacă "
      + "când cum unde după fără prin între până doar ar fi acest această am ai are despre niciodată",
    letters: "șțăâîşţ", endings: "ul ului ilor ție ea ește are ător ele ate ați esc tul",
    parts: "oa ie ea ii ch")

  static let turkish = LanguageMarks(
    language: .turkish,
    words:
      "ve bir bu da de için çok ile ne o ben sen biz siz onlar ama gibi daha kadar var yok değil her "
      + "şey en mi mı mu ya olarak sonra önce olan oldu iyi kötü hızlı teşekkürler teşekkür hiç ki ise "
      + "veya tüm ancak sadece bana benim kendi olduğu nasıl neden diye",
    letters: "ğışçöüİ",
    endings: "lar ler dir dır mak mek yor dan den nda nde iyor ması mesi ında inde ıyor lık lik",
    parts: "ıl ır şt ği ya ık la")
}

/// Languages of Cyrillic letters.
extension LanguageMarks {
  static let russian = LanguageMarks(
    language: .russian,
    words:
      "и в не на я что он с как это по но они мы она так его из же за у от то все вы был была было "
      + "для мне меня есть бы только очень уже еще ещё или если когда до при хорошо быстро спасибо "
      + "доставка никогда всегда нет да их к о а без будет может чтобы который после",
    letters: "ыэё", endings: "ого ый ая ое ть ся ние ость ий ых ции ли ла ло ет ой ом",
    parts: "сто ени ств ова про")

  static let ukrainian = LanguageMarks(
    language: .ukrainian,
    words:
      "і в не на я що він з як це по але вони ми вона так його із же за у від то все ви був була було "
      + "для мені мене є би тільки дуже вже ще або якщо коли до при добре швидко дякую доставка ніколи "
      + "завжди немає та й їх без буде може щоб який після",
    letters: "іїєґ", endings: "ого ий ння ість ти ся ів ної ому их ції ли ла ло ть ою",
    parts: "ськ ння ві пі ій")

  static let bulgarian = LanguageMarks(
    language: .bulgarian,
    words:
      "и в не на аз че той с как това по но те ние тя така го из за от все вие беше са за ми ме има би "
      + "само много вече още или ако когато до при добре бързо благодаря никога винаги няма да ги със "
      + "е се съм която който което след без ще може към",
    letters: "ъ", endings: "ът ят та то те ите ата ото ане ост ния ски ска ва ли",
    parts: "ъл ър ъз ъв щ ято")
}
