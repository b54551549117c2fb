package import Providers
package import Redaction

extension ProviderCatalog {
    /// The names of secrets of all providers. Requests of all providers are masked in the same way.
    package var secrets: ProviderSecrets {
        ProviderSecrets(headers: secretHeaders, parameters: secretParameters)
    }
}
