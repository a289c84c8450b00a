<?php
echo extension_loaded('bcmath') ? bcadd('0.1', '0.2', 1) : 0.1 + 0.2 - 0.3, "\n";
