/// The values for the slots of a single delivery.
struct SlotValues {
    let person: Person
    /// The time to which the delivery refers, in Unix milliseconds.
    let milliseconds: Int64
    private let seed: UInt64
    private var random: SeededGenerator

    init(person: Person, milliseconds: Int64, seed: UInt64) {
        self.person = person
        self.milliseconds = milliseconds
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    mutating func add(_ slot: BodyTemplate.Slot, _ register: UInt64, to text: inout ByteText) {
        switch slot {
        case .givenName: text.add(person.givenName)
        case .familyName: text.add(person.familyName)
        case .cpf: text.add(person.cpf)
        case .cnpj: text.add(person.cnpj)
        case .customer: text.addDigits(person.customerNumber, count: 6)
        case .institution: text.add(person.institution)
        case .account: text.addDigits(person.account, count: 8)
        case .linkId: addUUID(person.seed, 1, to: &text)
        case .consentId: addUUID(person.seed, 2, to: &text)
        case .traceId: addUUID(person.seed, 3, to: &text)
        case .trackId: text.addDigits(person.seed, count: 6)
        case .uuid:
            if register > 0 { addUUID(seed, register, to: &text) } else { text.addUUID(random.next(), random.next()) }
        case .hex16: text.addHex(random.next(), count: 16)
        case .hex24:
            text.addHex(random.next(), count: 16)
            text.addHex(random.next(), count: 8)
        case .hex32: addHex(2, to: &text)
        case .hex64: addHex(4, to: &text)
        case .digits2: text.addDigits(random.next() >> 8, count: 2)
        case .digits4: text.addDigits(random.next() >> 8, count: 4)
        case .digits8: text.addDigits(random.next() >> 8, count: 8)
        case .token32: addToken(to: &text)
        default: addWord(slot, to: &text)
        }
    }

    private mutating func addWord(_ slot: BodyTemplate.Slot, to text: inout ByteText) {
        switch slot {
        // Small amounts are frequent, and large amounts are rare.
        case .amount: text.addNumber(UInt64(random.below(1 + random.below(1 + random.below(20_000)))))
        case .cents: text.addDigits(random.next() >> 8, count: 2)
        case .day: text.addDate(milliseconds: past())
        case .past:
            text.addTime(milliseconds: past())
            text.add(byte: UInt8(ascii: "."))
            text.addDigits(random.next() >> 8, count: 3)
        case .time: text.addTime(milliseconds: milliseconds)
        case .millis: text.addNumber(UInt64(milliseconds))
        case .merchant: text.add(random.pick(Self.merchants))
        case .otherCpf: text.add(Person.checked(random.next() >> 8, digitCount: 9, largestWeight: 11))
        case .code: text.add(random.pick(["5411", "5812", "5541", "5912", "5942", "4121", "5311", "7832"]))
        case .latitude: text.addDigits(random.next() >> 8, count: 6)
        case .score: text.add(random.pick(["PASS", "PASS", "PASS", "REVIEW", "NONE"]))
        case .direction: text.add(random.pick(["DEBITO", "DEBITO", "DEBITO", "CREDITO"]))
        case .category: text.add(random.pick(Self.categories))
        case .birthday: text.addDate(milliseconds: Int64(random.below(14_600)) * 86_400_000)
        case .city:
            text.add(random.pick(["Montréal", "Québec", "Toronto", "Laval", "Vancouver", "Gatineau", "Calgary"]))
        default: text.add(random.pick(Self.words))
        }
    }

    /// Returns a time within the 180 days before the delivery, in Unix milliseconds.
    private mutating func past() -> Int64 {
        milliseconds - Int64(random.below(180 * 86_400)) * 1000
    }

    private mutating func addHex(_ wordCount: Int, to text: inout ByteText) {
        for _ in 0..<wordCount { text.addHex(random.next(), count: 16) }
    }

    /// Adds letters and digits that resemble the transaction numbers of banks.
    private mutating func addToken(to text: inout ByteText) {
        for _ in 0..<4 {
            var word = random.next()
            for _ in 0..<8 {
                text.add(byte: Self.alphabet[Int(word & 0x3f)])
                word >>= 6
            }
        }
    }

    private func addUUID(_ seed: UInt64, _ register: UInt64, to text: inout ByteText) {
        text.addUUID(
            SeededGenerator.mix(seed &+ register &* 2), SeededGenerator.mix(seed &+ register &* 2 &+ 1))
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Zz".utf8)

    private static let merchants = [
        "CAFÉ SÃO MODELO", "POSTO FICTÍCIO", "ÓTICA EXEMPLO", "LIVRARIA FICÇÃO", "MERCADO EXEMPLO", "FARMÁCIA MODELO",
        "RESTAURANTE SABOR DE TESTE", "PADARIA AMOSTRA", "AÇOUGUE DO BAIRRO", "ACADEMIA FORMA FICTA", "PET SHOP MODELO",
        "TRANSPORTE EXEMPLAR", "CINEMA FICÇÃO", "ESCOLA MODELO LTDA", "TARIFA PACOTE DE SERVIÇOS", "LOJA TESTE CENTRO",
    ]

    private static let categories = [
        "Alimentação", "Transporte", "Moradia", "Saúde", "Educação", "Lazer", "Compras", "Tarifas", "Transferências",
    ]

    private static let words = [
        "Vue générale de la chaudière, côté gauche", "Aucune trace de corrosion", "Plaque lisible, n° de série fictif",
        "Disjoncteur repéré, câblage conforme", "Relevé du compteur", "État général de l'équipement",
    ]
}
