package import Providers
package import Redaction

extension ProviderCatalog {
    /// The secrets of every provider: requests of all providers are masked in the same way.
    package var secrets: ProviderSecrets {
        ProviderSecrets(headers: secretHeaders, parameters: secretParameters)
    }
}
