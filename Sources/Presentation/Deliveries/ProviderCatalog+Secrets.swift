package import Providers
package import Redaction

extension ProviderCatalog {
    /// The secrets of every provider: a request is masked the same way whichever provider sent it.
    package var secrets: ProviderSecrets {
        ProviderSecrets(headers: secretHeaders, parameters: secretParameters)
    }
}
