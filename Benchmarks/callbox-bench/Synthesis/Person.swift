/// An invented customer with the values that all deliveries about the customer share.
struct Person {
    let givenName: String
    let familyName: String
    /// The CPF, which consists of eleven digits. The last two digits are check digits.
    let cpf: [UInt8]
    /// The CNPJ of the company, which consists of fourteen digits. The last two digits are check digits.
    let cnpj: [UInt8]
    let customerNumber: UInt64
    let institution: String
    let account: UInt64
    /// The seed for the identifiers of the person.
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

    /// Returns the digits of `number` followed by two check digits. The weights of the digits increase from 2, from
    /// right to left, and start again at 2 after the largest weight.
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
