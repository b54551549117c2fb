internal import ArgumentParser
internal import Deliveries
internal import ProviderClients

/// What a Certilink shows and carries, as flags.
struct CertilinkContextOptions: ParsableArguments {
    @Option(help: "The beneficiary's last name.")
    var lastName: String?

    @Option(help: "The beneficiary's first name.")
    var firstName: String?

    @Option(help: "The beneficiary's address.")
    var address: String?

    @Option(help: "The beneficiary's city.")
    var city: String?

    @Option(help: "The beneficiary's postal code.")
    var postCode: String?

    @Option(help: "The beneficiary's e-mail address.")
    var email: String?

    @Option(help: "Who issues it.")
    var issuer: String?

    @Option(help: "A reference of the photos.")
    var photoRef: String?

    @Option(help: "A reference that people see; not the reportToken.")
    var reportRef: String?

    @Option(help: "What the user is told to do.")
    var instructions: String?

    @Option(help: "The user's name in the PDF.")
    var user: String?

    @Option(help: ArgumentHelp("A value of the metadata; may stand several times.", valueName: "key=value"))
    var metadata: [String] = []

    func context() throws(CommandFailure) -> CertilinkContext? {
        var context = CertilinkContext()
        var beneficiary = CertilinkContext.Beneficiary()
        beneficiary.lastName = lastName
        beneficiary.firstName = firstName
        beneficiary.address = address
        beneficiary.city = city
        beneficiary.postCode = postCode
        beneficiary.email = email
        if beneficiary != CertilinkContext.Beneficiary() { context.beneficiary = beneficiary }
        context.issuer = issuer
        context.photoRef = photoRef
        context.reportRef = reportRef
        context.instructions = instructions
        context.user = user
        context.metadata = try FilterOptions.pairs(metadata, "--metadata").map {
            CertilinkContext.Entry($0.name, $0.value)
        }
        return context == CertilinkContext() ? nil : context
    }
}
