/* The only place that wires modules together. */
#include "assets.h"
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(app_assets, app_asset_count, PROBITY_VERSION, argc, argv);
}
