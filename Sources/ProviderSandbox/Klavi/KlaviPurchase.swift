/// A kind of transaction that turns up on a Brazilian account, with the categories Klavi would give it.
struct KlaviPurchase: Sendable {
    let name: String
    let isCredit: Bool
    let type: String
    let categories: [String]
    /// Between which amounts, in cents.
    let cents: ClosedRange<Int>

    static let all = [
        KlaviPurchase(
            "SALÁRIO EMPRESA EXEMPLO", true, "FOLHA_PAGAMENTO", "Receitas/Salário/Salário mensal", 420_000...780_000),
        KlaviPurchase("PIX RECEBIDO ANA SOUZA", true, "PIX", "Receitas/Transferências/Pix recebido", 5_000...90_000),
        KlaviPurchase("MERCADO EXEMPLO", false, "CARTAO", "Alimentação/Supermercado/Compras do mês", 2_500...48_000),
        KlaviPurchase("PADARIA MODELO", false, "CARTAO", "Alimentação/Padaria/Café da manhã", 600...4_500),
        KlaviPurchase("RESTAURANTE FICTÍCIO", false, "CARTAO", "Alimentação/Restaurante/Almoço", 2_200...18_000),
        KlaviPurchase("FARMÁCIA EXEMPLO", false, "CARTAO", "Saúde/Farmácia/Medicamentos", 1_200...22_000),
        KlaviPurchase("POSTO MODELO", false, "CARTAO", "Transporte/Combustível/Gasolina", 5_000...32_000),
        KlaviPurchase("METRÔ CIDADE MODELO", false, "CARTAO", "Transporte/Transporte público/Metrô", 500...2_500),
        KlaviPurchase(
            "IMOBILIÁRIA FICTÍCIA", false, "BOLETO", "Moradia/Aluguel/Aluguel residencial", 120_000...210_000),
        KlaviPurchase("ENERGIA EXEMPLO", false, "CONVENIO_ARRECADACAO", "Moradia/Contas/Energia", 8_000...36_000),
        KlaviPurchase("LIVRARIA FICÇÃO", false, "CARTAO", "Lazer/Cultura/Livros", 1_900...26_000),
        KlaviPurchase("PIX ENVIADO JOÃO LIMA", false, "PIX", "Despesas/Transferências/Pix enviado", 1_000...70_000),
    ]

    static var expenses: [KlaviPurchase] { all.filter { !$0.isCredit } }

    private init(_ name: String, _ isCredit: Bool, _ type: String, _ categories: String, _ cents: ClosedRange<Int>) {
        self.name = name
        self.isCredit = isCredit
        self.type = type
        self.categories = categories.split(separator: "/").map(String.init)
        self.cents = cents
    }

    /// What the categorised products add to a transaction.
    func categoryMembers(levelCount: Int) -> [JSON.Member] {
        guard levelCount > 0 else { return [] }
        let names = ["category", "subcategory", "thirdCategory"].prefix(levelCount)
        let levels = zip(names, categories).map { JSON.Member($0, .string($1)) }
        return levels
            + ["fAll", "fAllMonth", "fAllCmonth"].map { JSON.Member($0, .string(KlaviRecordForm.Slot.share.text)) }
            + [JSON.Member("settlementType", "OUTROS")]
    }
}
