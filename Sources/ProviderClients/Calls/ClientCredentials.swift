/// The id and secret that Certn's legacy API and EZiD give to a customer.
package struct ClientCredentials: Sendable {
    package let clientID: String
    package let clientSecret: Credential

    package init(clientID: String, clientSecret: Credential) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// Throws `badInput` for what is empty or holds control characters.
    func validated() throws(ProviderCallFailure) {
        try Credential(clientID).validated("client_id")
        try clientSecret.validated("client_secret")
    }
}
