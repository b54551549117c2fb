/// An invented customer, with the values that all deliveries about one person have in common.
struct Person {
    let givenName: String
    let familyName: String
    /// The CPF: eleven digits, of which the last two are check digits.
    let cpf: [UInt8]
    /// The CNPJ of the company: fourteen digits, of which the last two are check digits.
    let cnpj: [UInt8]
    let customerNumber: UInt64
    let institution: String
    let account: UInt64
    /// The seed of the person's identifiers.
    let seed: UInt64

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.seed = random.next()
        givenName = random.pick(Self.givenNames)
        familyName =
            random.pick(Self.familyNames) + random.pick([" ", " da ", " de ", " dos "])
            + random.pick(Self.familyNames)
        cpf = Self.checked(random.next(), digitCount: 9, largestWeight: 11)
        cnpj = Self.checked(random.next() / 10_000 * 10_000 + 1, digitCount: 12, largestWeight: 9)
        customerNumber = random.next() % 1_000_000
        institution = random.pick(["033", "001", "104", "237", "260", "341", "917", "918"])
        account = random.next() % 100_000_000
    }

    /// Digits with their two check digits. The weights increase from 2 at the right, and start again after the largest.
    static func checked(_ number: UInt64, digitCount: Int, largestWeight: Int) -> [UInt8] {
        var text = ByteText(capacity: digitCount + 2)
        text.addDigits(number, count: digitCount)
        for _ in 0..<2 {
            var sum = 0
            var weight = 2
            for digit in text.bytes.reversed() {
                sum += Int(digit - UInt8(ascii: "0")) * weight
                weight = weight == largestWeight ? 2 : weight + 1
            }
            text.addDigits(UInt64(sum % 11 < 2 ? 0 : 11 - sum % 11), count: 1)
        }
        return text.bytes
    }

    private static let givenNames = [
        "Ana", "João", "Maria", "José", "Antônio", "Francisca", "Carlos", "Adriana", "Paulo", "Juliana", "Márcia",
        "Lucas", "Luiz", "Patrícia", "Gabriel", "Aline", "Rafael", "Sandra", "Daniel", "Camila", "Marcelo", "Amanda",
        "Bruno", "Letícia", "Eduardo", "Vitória", "Felipe", "Conceição", "Zoé", "Élodie", "Renée", "Thérèse",
    ]

    private static let familyNames = [
        "Silva", "Santos", "Oliveira", "Souza", "Rodrigues", "Ferreira", "Alves", "Pereira", "Lima", "Gomes", "Costa",
        "Ribeiro", "Martins", "Carvalho", "Almeida", "Lopes", "Soares", "Fernandes", "Vieira", "Barbosa", "Rocha",
        "Dias", "Nascimento", "Araújo", "Moreira", "Cardoso", "Teixeira", "Conceição", "Tremblay", "Gagnon", "Bouchard",
        "Exemplo",
    ]
}
